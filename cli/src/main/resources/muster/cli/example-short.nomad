job "example" {
  datacenters = ["dc1"]

  type = "service"

  group "web" {
    count = 2

    network {
      port "http" {}
    }

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

      template {
        data        = <<EOT
{{ keyOrDefault "example/greeting" "Hello from" }} {{ env "NOMAD_ALLOC_ID" }}
EOT
        destination = "local/index.html"
        change_mode = "noop"
      }

      resources {
        cpu    = 50
        memory = 64
      }
    }
  }
}
