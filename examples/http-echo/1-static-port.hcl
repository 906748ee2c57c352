# One server on a port that the job fixes.
job "http-echo-otter" {
  datacenters = ["dev-general"]

  group "echo" {
    network {
      port "http" {
        static = 5678
      }
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
        args    = ["-listen", ":5678", "-text", "hello world"]
      }

      resources {
        cpu    = 20
        memory = 32
      }
    }
  }
}
