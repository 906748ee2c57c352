# A new text, rolled out two servers at a time, each healthy for a second before the next two.
job "http-echo-otter" {
  datacenters = ["dev-general"]

  update {
    max_parallel     = 2
    min_healthy_time = "1s"
    healthy_deadline = "1m"
  }

  group "echo" {
    count = 5

    network {
      port "http" {}
    }

    service {
      name = "http-echo"
      port = "http"
      tags = ["otter", "urlprefix-/http-echo", "urlprefix-/my-path"]

      check {
        type     = "http"
        path     = "/health"
        interval = "2s"
        timeout  = "1s"
      }
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "http-echo"
        args    = ["-listen", ":${NOMAD_PORT_http}", "-text", "good night"]
      }

      resources {
        cpu    = 20
        memory = 32
      }
    }
  }
}
