job "load-balancer" {
  datacenters = ["dc1"]
  type        = "system"

  group "load-balancer" {
    network {
      port "http" {
        static = 8080
      }
    }

    restart {
      attempts = 10
      interval = "5m"
      delay    = "1s"
      mode     = "delay"
    }

    task "load-balancer" {
      driver = "raw_exec"

      config {
        command = "/usr/sbin/nginx"
        args    = ["-e", "stderr", "-p", "${NOMAD_TASK_DIR}/", "-c", "nginx.conf"]
      }

      env {
        NODE = "${node.unique.name}"
      }

      template {
        destination   = "local/nginx.conf"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        splay         = "0s"
        data          = <<EOF
daemon off;
worker_processes 1;
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
  upstream web {
{{- range service "web-server" }}
    server {{ .Address }}:{{ .Port }} max_fails=1 fail_timeout=2s;
{{- else }}
    server 127.0.0.1:65535;
{{- end }}
  }
  upstream api {
{{- range service "go-api" }}
    server {{ .Address }}:{{ .Port }} max_fails=1 fail_timeout=2s;
{{- else }}
    server 127.0.0.1:65535;
{{- end }}
  }
  server {
    listen {{ env "NOMAD_IP_http" }}:8080;
    proxy_connect_timeout 1s;
    proxy_next_upstream error timeout http_502 http_503;
    location = /lb-health { return 200 "ok"; }
    location /api { proxy_pass http://api; }
    location / { proxy_pass http://web; }
  }
}
EOF
      }

      service {
        name = "load-balancer"
        port = "http"

        check {
          type     = "http"
          path     = "/lb-health"
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
