# Commands of rasd as jobs of Cloud Run, and the clock that starts them.
locals {
  # How feeds are followed on Dataflow, whichever command does.
  on_dataflow = concat([local.feeds], local.rows, [
    "--archive", "gs://${google_storage_bucket.archive.name}/warc",
    "--contact", var.contact,
  ], local.on_workers)
  on_workers = [
    "--runner", "DataflowRunner",
    "--project", var.project,
    "--region", var.region,
    "--temp_location", "${local.work}/temp",
    "--sdk_container_image", var.image,
    "--sdk_location", "container",
    "--max_num_workers", tostring(var.max_workers),
  ]
  jobs = {
    run = {
      # The launcher: it waits for the job of Dataflow and settles what came.
      args = concat(["run"], local.on_dataflow, [
        "--max-dead-letters", "500",
        "--service_account_email", google_service_account.worker.email,
      ])
      schedule = var.follow == "dataflow" ? var.run_schedule : ""
    }
    stream = {
      # It only hands the job over, by a name that one running job can have. Its workers settle,
      # so they are the writer.
      args = concat(["stream"], local.on_dataflow, [
        "--job_name", "rasd-stream",
        "--enable_streaming_engine",
        "--service_account_email", google_service_account.writer.email,
      ])
      schedule = ""
    }
    take = {
      # The same for what a fetcher hands on, be it the machine of follow = queue or one elsewhere.
      args = concat(["stream", "--queue", local.queue], local.rows, local.on_workers, [
        "--job_name", "rasd-take",
        "--enable_streaming_engine",
        "--service_account_email", google_service_account.writer.email,
      ])
      schedule = ""
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
