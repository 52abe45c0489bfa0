# A small machine that follows the feeds round the clock, or fetches for a job of Dataflow. Its address is its own: outlets that refuse
# the addresses of large jobs often answer it, and where they do not, run the same command elsewhere.
locals {
  stream = concat(["stream", local.feeds], local.rows, [
    "--archive", "gs://${google_storage_bucket.archive.name}/warc",
    "--contact", var.contact,
    "--settle", "5",
  ])
  # What it fetches lies in the archive; the queue only refers to it.
  hand_on = [
    "stream", local.feeds,
    "--queue", local.queue,
    "--state", "${local.work}/queue/_state",
    "--archive", "gs://${google_storage_bucket.archive.name}/warc",
    "--contact", var.contact,
  ]
  unit = <<-EOT
    [Unit]
    Description=rasd: Arabic news feeds into coded rows
    Wants=network-online.target docker.service
    After=network-online.target docker.service

    [Service]
    Environment=HOME=/home/chronos
    ExecStartPre=/usr/bin/docker-credential-gcr configure-docker --registries=${var.region}-docker.pkg.dev
    ExecStartPre=-/usr/bin/docker rm --force rasd
    ExecStart=/usr/bin/docker run --rm --name rasd --entrypoint rasd ${var.image} ${join(" ", var.follow == "queue" ? local.hand_on : local.stream)}
    ExecStop=/usr/bin/docker stop --time 45 rasd
    TimeoutStopSec=60
    Restart=on-failure
    RestartSec=30
    RestartPreventExitStatus=2

    [Install]
    WantedBy=multi-user.target
  EOT
  cloud_init = yamlencode({
    write_files = [{
      path        = "/etc/systemd/system/rasd.service"
      permissions = "0644"
      content     = local.unit
    }]
    runcmd = ["systemctl daemon-reload", "systemctl start rasd.service"]
  })
}

resource "google_compute_instance" "fetcher" {
  count                     = contains(["fetcher", "queue"], var.follow) ? 1 : 0
  name                      = "rasd-fetcher"
  machine_type              = var.fetcher_machine
  zone                      = "${var.region}-b"
  allow_stopping_for_update = true
  boot_disk {
    initialize_params {
      image = "cos-cloud/cos-stable"
      size  = 20
    }
  }
  network_interface {
    network = "default"
    access_config {}
  }
  metadata = {
    google-logging-enabled = "true"
    user-data              = "#cloud-config\n${local.cloud_init}"
  }
  service_account {
    email  = google_service_account.writer.email
    scopes = ["cloud-platform"]
  }
  shielded_instance_config {
    enable_secure_boot = true
  }
  depends_on = [google_project_service.used]
}
