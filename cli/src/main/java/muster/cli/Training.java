package muster.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** Runs the usual commands against answers of its own, so that the ahead-of-time cache holds what they load. */
final class Training {
    private Training() {}

    static int run() {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                byte[] answer = answer(exchange.getRequestURI().getPath(), exchange.getRequestMethod()).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, answer.length);
                try (OutputStream body = exchange.getResponseBody()) {
                    body.write(answer);
                }
            });
            server.start();
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            Console console = new Console(new ByteArrayInputStream(JOB.getBytes(StandardCharsets.UTF_8)),
                    new PrintStream(OutputStream.nullOutputStream()), new PrintStream(OutputStream.nullOutputStream()),
                    Map.of("CONSUL_HTTP_ADDR", address, "NOMAD_ADDR", address), Path.of(""), InstantSource.system(), ZoneOffset.UTC, true);
            for (List<String> line : List.of(
                    List.of("consul", "kv", "put", "a", "b"), List.of("consul", "kv", "get", "a"), List.of("consul", "members"),
                    List.of("consul", "catalog", "services", "-tags"), List.of("nomad", "job", "status"),
                    List.of("nomad", "job", "status", "x"), List.of("nomad", "node", "status"), List.of("nomad", "job", "run", "-detach", "-"))) {
                Main.run(line.getFirst(), line.subList(1, line.size()), console);
            }
            server.stop(0);
            return 0;
        } catch (IOException e) {
            return 1;
        }
    }

    private static String answer(String path, String method) {
        return switch (path) {
            case "/v1/kv/a" -> method.equals("PUT") ? "true" : "[{\"Key\":\"a\",\"Value\":\"Yg==\",\"Flags\":0}]";
            case "/v1/catalog/services" -> "{\"a\":[\"b\"]}";
            case "/v1/agent/members" -> "[{\"Name\":\"n\",\"Addr\":\"127.0.0.1\",\"Port\":1,\"Status\":1,\"Tags\":{\"role\":\"consul\"}}]";
            case "/v1/jobs" -> method.equals("GET") ? "[{\"ID\":\"x\",\"SubmitTime\":1}]" : "{\"EvalID\":\"x\"}";
            default -> path.startsWith("/v1/job/") && path.length() == 9 ? "{\"ID\":\"x\",\"SubmitTime\":1}" : "[]";
        };
    }

    private static final String JOB = """
            variable "a" { default = "b" }
            job "x" {
              datacenters = ["dc1"]
              group "g" {
                task "t" {
                  driver = "raw_exec"
                  config {
                    command = "sleep"
                    args    = ["${var.a}"]
                  }
                }
              }
            }
            """;
}
