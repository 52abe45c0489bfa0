# The dataset is made empty: rasd makes tables and views in it at its first commit, from the one
# schema in its code, and labels the dataset as its own. Two makers would differ one day.
resource "google_bigquery_dataset" "rows" {
  dataset_id                 = var.dataset
  location                   = var.region
  description                = "Rows of rasd: articles, clusters, events, incidents, and what was seen and failed."
  delete_contents_on_destroy = false
  lifecycle {
    ignore_changes = [labels]
  }
  depends_on = [google_project_service.used]
}

# Rows that wait, work of running jobs, the list of feeds. Nothing in it is needed once settled.
resource "google_storage_bucket" "work" {
  name                        = "${local.bucket}-work"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  lifecycle_rule {
    condition {
      age            = 7
      matches_prefix = ["temp/"]
    }
    action {
      type = "Delete"
    }
  }
  # What a job nobody waited for was handed: its bundles (.parquet, .json) stay until they are settled.
  lifecycle_rule {
    condition {
      age            = 7
      matches_prefix = ["staging/_inbox/"]
      matches_suffix = ["/spooled/records", ".jsonl"]
    }
    action {
      type = "Delete"
    }
  }
}

# What servers answered, as WARC: the rows can be made again from it alone.
resource "google_storage_bucket" "archive" {
  name                        = "${local.bucket}-archive"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  lifecycle_rule {
    condition {
      age = 30
    }
    action {
      type          = "SetStorageClass"
      storage_class = "NEARLINE"
    }
  }
  lifecycle_rule {
    condition {
      age = 365
    }
    action {
      type          = "SetStorageClass"
      storage_class = "ARCHIVE"
    }
  }
}
