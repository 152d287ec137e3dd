"""Addresses of the page Adoption."""

from django.urls import path

from tenure.web.views import adoption

urlpatterns = [
    path("adoption", adoption.features, name="adoption"),
    path("adoption/features.csv", adoption.features_csv, name="adoption_csv"),
    path("adoption/funnel", adoption.funnel, name="adoption_funnel"),
    path("adoption/return", adoption.comeback, name="adoption_return"),
    path("adoption/questions", adoption.questions, name="adoption_questions"),
    path("adoption/questions.csv", adoption.questions_csv, name="adoption_questions_csv"),
    path("adoption/questions/keep", adoption.question_keep, name="question_keep"),
    path(
        "adoption/questions/<int:question_id>/forget",
        adoption.question_forget,
        name="question_forget",
    ),
]
