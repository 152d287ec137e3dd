"""Addresses of the page Today and of tasks."""

from django.urls import URLPattern, path

from tenure.web.views import tasks, today

TASK = "tasks/<int:task_id>"
urlpatterns: list[URLPattern] = [
    path("today", today.today, name="today"),
    path("today/done", today.today_done, name="today_done"),
    path("today/snooze", today.today_snooze, name="today_snooze"),
    path("today/undo", today.today_undo, name="today_undo"),
    path("accounts/tasks", tasks.tasks_add, name="tasks_add"),
    path("accounts/<int:account_id>/tasks", tasks.task_add, name="task_add"),
    path(TASK, tasks.task, name="task"),
    path(f"{TASK}/tick/<int:place>", tasks.task_tick, name="task_tick"),
    path(f"{TASK}/edit", tasks.task_edit, name="task_edit"),
    path(f"{TASK}/done", tasks.task_done, name="task_done"),
    path(f"{TASK}/dismiss", tasks.task_dismiss, name="task_dismiss"),
    path(f"{TASK}/reopen", tasks.task_reopen, name="task_reopen"),
    path(f"{TASK}/snooze", tasks.task_snooze, name="task_snooze"),
    path(f"{TASK}/hand-over", tasks.task_hand_over, name="task_hand_over"),
]
