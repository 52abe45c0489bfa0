# What somebody is told of. The figures are read from the words that a stream says: on the machine of
# the fetcher its lines are JSON, and their message stands in jsonPayload.message whether the machine's
# agent reads the object or leaves it as text; what workers of Dataflow say stands there, too. A run
# on Dataflow ends with exit code 3 or 4 instead, which is a failed job.
locals {
  told    = var.alert_email != "" ? [google_monitoring_notification_channel.mail[0].id] : []
  streams = contains(["fetcher", "stream", "queue"], var.follow)
  # Who makes rows, and who asks feeds: a job of Dataflow, or the machine.
  codes = var.follow == "fetcher" ? "gce_instance" : "dataflow_step"
  asks  = var.follow == "stream" ? "dataflow_step" : "gce_instance"
  figures = !local.streams ? {} : {
    new_articles  = "new articles"
    dead_letters  = "dead letters"
    failing_feeds = "failing"
    soft_empty    = "soft-empty feeds"
    lag_seconds   = "s behind"
    groups_taken  = "groups taken"
  }
}

resource "google_monitoring_notification_channel" "mail" {
  count        = var.alert_email != "" ? 1 : 0
  display_name = "rasd"
  type         = "email"
  labels = {
    email_address = var.alert_email
  }
}

resource "google_logging_metric" "said" {
  for_each        = local.figures
  name            = "rasd/${each.key}"
  filter          = "jsonPayload.message =~ \"[1-9][0-9]* ${each.value}\""
  value_extractor = "REGEXP_EXTRACT(jsonPayload.message, \"([1-9][0-9]*) ${each.value}\")"
  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
  }
}

resource "google_monitoring_alert_policy" "silence" {
  count                 = local.streams ? 1 : 0
  display_name          = "rasd: no new article for ${var.silent_hours} hours"
  combiner              = "OR"
  notification_channels = local.told
  conditions {
    display_name = "nothing said of new articles"
    condition_absent {
      filter   = "resource.type = \"${local.codes}\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.said["new_articles"].name}\""
      duration = "${var.silent_hours * 3600}s"
      aggregations {
        alignment_period   = "600s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }
}

# A fetcher hands on what it asked even where nothing is new: no group at all means that it does not
# run, or that nobody takes.
resource "google_monitoring_alert_policy" "nothing_taken" {
  count                 = var.follow == "queue" ? 1 : 0
  display_name          = "rasd: nothing taken from the queue for ${var.silent_minutes} minutes"
  combiner              = "OR"
  notification_channels = local.told
  conditions {
    display_name = "nothing said of groups taken"
    condition_absent {
      filter   = "resource.type = \"${local.codes}\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.said["groups_taken"].name}\""
      duration = "${var.silent_minutes * 60}s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }
}

# Of a queue that is a directory the job says how old its oldest file is (lag_seconds below); of
# Pub/Sub Google knows.
resource "google_monitoring_alert_policy" "oldest_message" {
  count                 = var.subscription != "" ? 1 : 0
  display_name          = "rasd: messages wait in ${var.subscription}"
  combiner              = "OR"
  notification_channels = local.told
  conditions {
    display_name = "the oldest message nobody has acknowledged"
    condition_threshold {
      filter          = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${var.subscription}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      comparison      = "COMPARISON_GT"
      threshold_value = 600
      duration        = "300s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "many" {
  for_each = !local.streams ? {} : {
    dead_letters  = { most = 50, said_by = local.codes }
    failing_feeds = { most = 20, said_by = local.asks }
    soft_empty    = { most = 3, said_by = local.asks }
    lag_seconds   = { most = 600, said_by = local.codes }
  }
  display_name          = "rasd: many ${replace(each.key, "_", " ")}"
  combiner              = "OR"
  notification_channels = local.told
  conditions {
    display_name = "more than ${each.value.most} at a time"
    condition_threshold {
      filter          = "resource.type = \"${each.value.said_by}\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.said[each.key].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.most
      duration        = "900s"
      aggregations {
        alignment_period   = "900s"
        per_series_aligner = "ALIGN_PERCENTILE_99"
      }
    }
  }
}

resource "google_monitoring_alert_policy" "failed" {
  display_name          = "rasd: a job has failed"
  combiner              = "OR"
  notification_channels = local.told
  conditions {
    display_name = "a job of Dataflow"
    condition_threshold {
      filter          = "resource.type = \"dataflow_job\" AND metric.type = \"dataflow.googleapis.com/job/is_failed\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_MAX"
      }
    }
  }
  conditions {
    display_name = "a job of Cloud Run"
    condition_threshold {
      filter          = "resource.type = \"cloud_run_job\" AND metric.type = \"run.googleapis.com/job/completed_execution_count\" AND metric.labels.result = \"failed\""
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"
      aggregations {
        alignment_period   = "300s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }
}

resource "google_monitoring_dashboard" "rasd" {
  dashboard_json = file("${path.module}/dashboard.json")
  depends_on     = [google_project_service.used]
}

resource "google_billing_budget" "month" {
  count           = var.billing_account != "" ? 1 : 0
  billing_account = var.billing_account
  display_name    = "rasd"
  budget_filter {
    projects = ["projects/${var.project}"]
  }
  amount {
    specified_amount {
      units = tostring(var.budget)
    }
  }
  threshold_rules {
    threshold_percent = 0.5
  }
  threshold_rules {
    threshold_percent = 1.0
  }
}
