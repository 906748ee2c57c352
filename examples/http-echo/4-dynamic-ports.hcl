# With ports that the scheduler chooses all five fit. They are replaced at once, so that nobody has to wait.
job "http-echo-otter" {
  datacenters = ["dev-general"]

  update {
    max_parallel     = 5
    min_healthy_time = "1s"
  }

  group "echo" {
    count = 5

    network {
      port "http" {}
    }

    service {
      name = "http-echo"
      port = "http"
      tags = ["otter", "urlprefix-/http-echo"]

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
        args    = ["-listen", ":${NOMAD_PORT_http}", "-text", "good evening"]
      }

      resources {
        cpu    = 20
        memory = 32
      }
    }
  }
}
