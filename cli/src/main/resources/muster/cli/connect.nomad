# Two services that speak through the mesh: the dashboard reaches the counter at an address of its own, and nobody else does.
# Needs sidecar proxies (Envoy) on the nodes. Run it with: nomad job run connect.nomad
job "countdash" {
  datacenters = ["dc1"]

  group "api" {
    # A network namespace of its own: only the sidecar is reached from outside.
    network {
      mode = "bridge"
    }

    service {
      name = "count-api"
      port = "9001"

      connect {
        sidecar_service {}
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "hashicorpnomad/counter-api:v1"
      }
    }
  }

  group "dashboard" {
    network {
      mode = "bridge"

      # The dashboard's page, for browsers.
      port "http" {
        static = 9002
        to     = 9002
      }
    }

    service {
      name = "count-dashboard"
      port = "9002"

      connect {
        sidecar_service {
          proxy {
            # Within the group, port 8080 is the counter.
            upstreams {
              destination_name = "count-api"
              local_bind_port  = 8080
            }
          }
        }
      }
    }

    task "dashboard" {
      driver = "docker"

      env {
        COUNTING_SERVICE_URL = "http://${NOMAD_UPSTREAM_ADDR_count_api}"
      }

      config {
        image = "hashicorpnomad/counter-dashboard:v1"
      }
    }
  }
}
