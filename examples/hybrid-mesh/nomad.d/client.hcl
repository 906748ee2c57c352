log_level = "WARN"

server {
  # No server itself: this is what lets it talk to them.
  encrypt = "W1nPjXn1ZlQEGPt4mIf5SQ=="
}

client {
  enabled           = true
  cpu_total_compute = 4000
  memory_total_mb   = 4096
}

plugin "raw_exec" {
  config {
    enabled = true
  }
}
