# What is used, by whom, and under which names.
locals {
  bucket = var.bucket != "" ? var.bucket : "${var.project}-rasd"
  output = "bigquery://${var.project}.${var.dataset}?location=${var.region}"
  work   = "gs://${google_storage_bucket.work.name}"
  feeds  = "${local.work}/config/feeds.toml"
  queue  = var.subscription != "" ? "pubsub://${var.project}/${var.subscription}" : "${local.work}/queue"
  # What every command that writes is told; staging lies beside the dataset.
  rows = ["--output", local.output, "--staging", "${local.work}/staging"]
}

resource "google_project_service" "used" {
  for_each = toset([
    "artifactregistry.googleapis.com",
    "bigquery.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudscheduler.googleapis.com",
    "compute.googleapis.com",
    "dataflow.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "storage.googleapis.com",
  ])
  service            = each.value
  disable_on_destroy = false
}

resource "google_artifact_registry_repository" "images" {
  repository_id = "rasd"
  location      = var.region
  format        = "DOCKER"
  description   = "The image of launchers, workers and the fetcher."
  depends_on    = [google_project_service.used]
}
