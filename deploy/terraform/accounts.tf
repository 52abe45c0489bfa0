# Three identities, each with what it needs and no more.

# Workers of bounded jobs of Dataflow: read and write the buckets; they never see the dataset.
resource "google_service_account" "worker" {
  account_id   = "rasd-worker"
  display_name = "rasd: workers of Dataflow"
}

# Launchers, settle, the fetcher and workers of the stream, which settle: they also write the
# dataset and start jobs.
resource "google_service_account" "writer" {
  account_id   = "rasd-writer"
  display_name = "rasd: who writes the tables"
}

# The scheduler: starts jobs of Cloud Run.
resource "google_service_account" "scheduler" {
  account_id   = "rasd-scheduler"
  display_name = "rasd: who starts jobs by the clock"
}

resource "google_project_iam_member" "project" {
  for_each = {
    "worker runs"          = ["roles/dataflow.worker", google_service_account.worker.email]
    "worker logs"          = ["roles/logging.logWriter", google_service_account.worker.email]
    "writer starts jobs"   = ["roles/dataflow.developer", google_service_account.writer.email]
    "writer asks"          = ["roles/bigquery.jobUser", google_service_account.writer.email]
    "writer streams"       = ["roles/dataflow.worker", google_service_account.writer.email]
    "writer logs"          = ["roles/logging.logWriter", google_service_account.writer.email]
    "writer tells figures" = ["roles/monitoring.metricWriter", google_service_account.writer.email]
  }
  project = var.project
  role    = each.value[0]
  member  = "serviceAccount:${each.value[1]}"
}

# Where the queue is a subscription, the fetcher publishes to its topic and the job takes from it.
resource "google_project_iam_member" "queue" {
  for_each = var.subscription == "" ? toset([]) : toset(["roles/pubsub.publisher", "roles/pubsub.subscriber", "roles/pubsub.viewer"])
  project  = var.project
  role     = each.value
  member   = "serviceAccount:${google_service_account.writer.email}"
}

resource "google_bigquery_dataset_iam_member" "writer" {
  dataset_id = google_bigquery_dataset.rows.dataset_id
  role       = "roles/bigquery.dataEditor"
  member     = "serviceAccount:${google_service_account.writer.email}"
}

resource "google_storage_bucket_iam_member" "objects" {
  for_each = {
    "worker work"    = [google_storage_bucket.work.name, google_service_account.worker.email]
    "worker archive" = [google_storage_bucket.archive.name, google_service_account.worker.email]
    "writer work"    = [google_storage_bucket.work.name, google_service_account.writer.email]
    "writer archive" = [google_storage_bucket.archive.name, google_service_account.writer.email]
  }
  bucket = each.value[0]
  role   = "roles/storage.objectAdmin"
  member = "serviceAccount:${each.value[1]}"
}

resource "google_artifact_registry_repository_iam_member" "pulls" {
  for_each = {
    worker = google_service_account.worker.email
    writer = google_service_account.writer.email
  }
  repository = google_artifact_registry_repository.images.name
  location   = var.region
  role       = "roles/artifactregistry.reader"
  member     = "serviceAccount:${each.value}"
}

# A launcher starts a job whose workers are somebody, itself in the case of the stream.
resource "google_service_account_iam_member" "acts_as" {
  for_each = {
    worker = google_service_account.worker.name
    writer = google_service_account.writer.name
  }
  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = "serviceAccount:${google_service_account.writer.email}"
}
