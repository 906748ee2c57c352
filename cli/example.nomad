# A web server in two instances. Run it with: nomad job run example.nomad
job "example" {
  datacenters = ["dc1"]

  # "service" keeps running; "batch" ends; "system" runs once on every node.
  type = "service"

  group "web" {
    count = 2

    # A free port of the node, as NOMAD_PORT_http in the task's environment.
    network {
      port "http" {}
    }

    # Registers each instance. The tag sends requests for /example from the load balancer to those that pass the check.
    service {
      name = "example"
      port = "http"
      tags = ["urlprefix-/example strip=/example"]

      check {
        type     = "http"
        path     = "/"
        interval = "5s"
        timeout  = "2s"
      }
    }

    # A task that ends too often within the interval fails the allocation, which then moves on.
    restart {
      attempts = 2
      interval = "30m"
      delay    = "5s"
      mode     = "fail"
    }

    task "serve" {
      driver = "raw_exec"

      config {
        command = "python3"
        args    = ["-m", "http.server", "--directory", "local", "${NOMAD_PORT_http}"]
      }

      # Rendered again when the key changes. Set it with: consul kv put example/greeting Hello
      template {
        data        = <<EOT
{{ keyOrDefault "example/greeting" "Hello from" }} {{ env "NOMAD_ALLOC_ID" }}
EOT
        destination = "local/index.html"
        change_mode = "noop"
      }

      resources {
        cpu    = 50 # MHz
        memory = 64 # MB
      }
    }
  }
}
