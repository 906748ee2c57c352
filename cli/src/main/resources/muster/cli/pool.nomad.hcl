node_pool "example" {
  description = "Example node pool"

  # Whatever helps people to know the pool.
  meta {
    environment = "prod"
    owner       = "sre"
  }

  # How jobs of the pool are placed; what is not given here is as everywhere.
  # scheduler_config {
  #   scheduler_algorithm             = "spread"
  #   memory_oversubscription_enabled = true
  # }
}
