job "web-server" {
  datacenters = ["dc1"]
  type        = "service"

  group "web-server" {
    count = 3

    network {
      port "http" {}
    }

    update {
      max_parallel     = 15
      min_healthy_time = "1s"
    }

    reschedule {
      delay          = "5s"
      delay_function = "constant"
      unlimited      = true
    }

    restart {
      attempts = 10
      interval = "5m"
      delay    = "1s"
      mode     = "delay"
    }

    task "web-server" {
      driver = "raw_exec"

      config {
        command = "/usr/sbin/nginx"
        args    = ["-e", "stderr", "-p", "${NOMAD_TASK_DIR}/", "-c", "nginx.conf"]
      }

      env {
        NODE = "${node.unique.name}"
      }

      template {
        destination = "local/nginx.conf"
        data        = <<EOF
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen {{ env "NOMAD_IP_http" }}:{{ env "NOMAD_PORT_http" }};
    default_type application/json;
    location = /health { return 200 '{"ok":true}'; }
    location / { return 200 '{"service":"web-server","node":"{{ env "NODE" }}","address":"{{ env "NOMAD_IP_http" }}:{{ env "NOMAD_PORT_http" }}"}'; }
  }
}
EOF
      }

      service {
        name = "web-server"
        port = "http"

        check {
          type     = "http"
          path     = "/health"
          interval = "2s"
          timeout  = "2s"
        }
      }

      resources {
        cpu    = 20
        memory = 20
      }
    }
  }
}
