job "hello-world" {
  datacenters = ["dc1"]

  group "greeter" {
    count = 2

    network {
      port "http" {}
    }

    update {
      min_healthy_time = "1s"
    }

    service {
      name = "hello-world-greeter"
      port = "http"
      tags = ["urlprefix-/hello"]

      check {
        type     = "http"
        path     = "/"
        interval = "3s"
        timeout  = "2s"
      }
    }

    task "greet" {
      driver = "raw_exec"

      config {
        command = "greet"
        args    = ["-c", "${NOMAD_ALLOC_DIR}/config.yml"]
      }

      template {
        destination = "${NOMAD_ALLOC_DIR}/config.yml"
        data        = <<-EOT
          {{ with $v := key "hello-world/config" | parseYAML }}
          ---
          name: "{{ $v.name }}"
          port: {{ env "NOMAD_ALLOC_PORT_http" }}
          {{ end }}
        EOT
      }
    }
  }
}
