"""Addresses of the REST API."""

from django.urls import path

from tenure.api import views

urlpatterns = [path("v1/", views.about, name="api-about")]
