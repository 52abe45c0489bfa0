variable "project" {
  description = "The project's id."
  type        = string
}

variable "region" {
  description = "Where jobs run, and where buckets and dataset lie: BigQuery loads only from a bucket beside it."
  type        = string
}

variable "image" {
  description = "The image of deploy/Dockerfile, target engine, with its tag or digest."
  type        = string
}

variable "dataset" {
  description = "The dataset of the rows."
  type        = string
  default     = "news"
}

variable "bucket" {
  description = "Begins the names of the buckets; names of buckets are taken worldwide."
  type        = string
  default     = ""
}

variable "follow" {
  description = "How feeds are followed: fetcher (a small machine, always on), stream (one job of Dataflow that goes on), queue (such a machine fetches, such a job codes), dataflow (a job by schedule), or none."
  type        = string
  default     = "fetcher"
  validation {
    condition     = contains(["fetcher", "stream", "queue", "dataflow", "none"], var.follow)
    error_message = "fetcher, stream, queue, dataflow or none: an output has one writer at a time."
  }
}

variable "run_schedule" {
  description = "When the job of follow = dataflow is started; a job takes some minutes to start."
  type        = string
  default     = "*/30 * * * *"
}

variable "settle_schedule" {
  description = "When what jobs started from the Flex Template have left is folded into the tables; empty for never."
  type        = string
  default     = ""
}

variable "fetcher_machine" {
  description = "The machine of follow = fetcher or queue."
  type        = string
  default     = "e2-standard-2"
}

variable "max_workers" {
  description = "The most machines a job of Dataflow may have."
  type        = number
  default     = 10
}

variable "contact" {
  description = "A page or address that the user agent names, for those who run the sites."
  type        = string
}

variable "alert_email" {
  description = "Who is told when something is wrong; empty for nobody."
  type        = string
  default     = ""
}

variable "silent_hours" {
  description = "So long without a new article is told as silence."
  type        = number
  default     = 3
}

variable "silent_minutes" {
  description = "So long without a group taken from the queue is told, with follow = queue."
  type        = number
  default     = 60
}

variable "subscription" {
  description = "A subscription of Pub/Sub in this project as the queue of follow = queue; empty for a directory in the bucket of work."
  type        = string
  default     = ""
}

variable "billing_account" {
  description = "The account of the budget; empty for none."
  type        = string
  default     = ""
}

variable "budget" {
  description = "What a month may cost before somebody is told, in the account's currency."
  type        = number
  default     = 100
}
