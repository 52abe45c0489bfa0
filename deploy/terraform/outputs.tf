output "repository" {
  description = "Where the image is pushed."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
}

output "feeds" {
  description = "Where the list of feeds belongs."
  value       = local.feeds
}

output "data" {
  description = "What rasd query --data is told."
  value       = local.output
}

output "staging" {
  description = "What --staging is told."
  value       = "${local.work}/staging"
}

output "worker" {
  description = "The service account of Dataflow's workers."
  value       = google_service_account.worker.email
}
