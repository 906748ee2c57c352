log_level = "WARN"

server {
  enabled          = true
  bootstrap_expect = 3
  encrypt          = "W1nPjXn1ZlQEGPt4mIf5SQ=="

  # A node that is gone is noticed within about ten seconds; usual are twenty to thirty.
  min_heartbeat_ttl = "4s"
  heartbeat_grace   = "4s"

  server_join {
    retry_interval = "1s"
  }
}
