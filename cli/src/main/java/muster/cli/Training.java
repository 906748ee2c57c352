package muster.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * Runs a tool's usual commands against answers of its own, so that the ahead-of-time cache holds what they load. What the cache
 * holds is loaded at every start: so the registry's commands, the quickest, have a cache of their own, and the answers come from a
 * bare socket.
 */
final class Training {
    private static final List<List<String>> REGISTRY = List.of(
            List.of("consul", "kv", "put", "a", "b"), List.of("consul", "kv", "get", "a"), List.of("consul", "members"),
            List.of("consul", "catalog", "services", "-tags"));
    private static final List<List<String>> SCHEDULER = List.of(
            List.of("nomad", "job", "status"), List.of("nomad", "job", "status", "x"), List.of("nomad", "node", "status"),
            List.of("nomad", "job", "plan", "-"), List.of("nomad", "job", "run", "-detach", "-"));

    private Training() {}

    /** For {@code consul}, or for all. */
    static void run(String tool) {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> serve(server));
            String address = "http://127.0.0.1:" + server.getLocalPort();
            lines(REGISTRY, address);
            if (!tool.equals("consul")) {
                lines(SCHEDULER, address);
            }
        } catch (IOException e) {
            // Without a cache all works as well, only later.
            System.err.println("no training: " + e.getMessage());
        }
    }

    private static void lines(List<List<String>> lines, String address) {
        for (List<String> line : lines) {
            Console console = new Console(new ByteArrayInputStream(JOB.getBytes(StandardCharsets.UTF_8)),
                    new PrintStream(OutputStream.nullOutputStream()), new PrintStream(OutputStream.nullOutputStream()),
                    Map.of("CONSUL_HTTP_ADDR", address, "NOMAD_ADDR", address), Path.of(""), InstantSource.system(),
                    ZoneId::systemDefault, true);
            Main.run(line.getFirst(), line.subList(1, line.size()), console);
        }
    }

    /** Answers one request a connection until the socket is closed. */
    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                String[] request = in.readLine().split(" ");
                long length = 0;
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                    if (line.startsWith("Content-Length: ")) {
                        length = Long.parseLong(line.substring(16));
                    }
                }
                in.skip(length);
                byte[] answer = answer(request[1], request[0]).getBytes(StandardCharsets.UTF_8);
                OutputStream out = socket.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.write(answer);
                out.flush();
            } catch (IOException e) {
                // The end of the training closes the socket; a command that hung up is done.
                continue;
            }
        }
    }

    private static String answer(String target, String method) {
        String path = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
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
