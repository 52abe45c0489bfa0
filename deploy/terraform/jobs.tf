# Commands of rasd as jobs of Cloud Run, and the clock that starts them.
locals {
  jobs = {
    run = {
      # The launcher: it waits for the job of Dataflow and settles what came.
      args = concat(["run", local.feeds], local.rows, [
        "--archive", "gs://${google_storage_bucket.archive.name}/warc",
        "--contact", var.contact,
        "--max-dead-letters", "500",
        "--runner", "DataflowRunner",
        "--project", var.project,
        "--region", var.region,
        "--temp_location", "${local.work}/temp",
        "--sdk_container_image", var.image,
        "--sdk_location", "container",
        "--service_account_email", google_service_account.worker.email,
        "--max_num_workers", tostring(var.max_workers),
      ])
      schedule = var.follow == "dataflow" ? var.run_schedule : ""
    }
    settle = {
      args     = ["settle", "--data", local.output, "--staging", "${local.work}/staging"]
      schedule = var.settle_schedule
    }
  }
}

resource "google_cloud_run_v2_job" "command" {
  for_each            = local.jobs
  name                = "rasd-${each.key}"
  location            = var.region
  deletion_protection = false
  template {
    template {
      service_account = google_service_account.writer.email
      timeout         = "21600s"
      # Tried again by the clock, not at once: an output has one writer at a time.
      max_retries = 0
      containers {
        image   = var.image
        command = ["rasd"]
        args    = each.value.args
        resources {
          limits = {
            cpu    = "2"
            memory = "4Gi"
          }
        }
      }
    }
  }
  depends_on = [google_project_service.used]
}

resource "google_cloud_run_v2_job_iam_member" "starts" {
  for_each = google_cloud_run_v2_job.command
  name     = each.value.name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.scheduler.email}"
}

resource "google_cloud_scheduler_job" "clock" {
  for_each  = { for name, job in local.jobs : name => job if job.schedule != "" }
  name      = "rasd-${each.key}"
  region    = var.region
  schedule  = each.value.schedule
  time_zone = "Etc/UTC"
  http_target {
    http_method = "POST"
    uri         = "https://run.googleapis.com/v2/${google_cloud_run_v2_job.command[each.key].id}:run"
    oauth_token {
      service_account_email = google_service_account.scheduler.email
    }
  }
}
