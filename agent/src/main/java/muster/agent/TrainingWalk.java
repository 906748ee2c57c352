package muster.agent;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import muster.registry.client.Query;
import muster.registry.client.http.HttpRegistryClient;
import muster.registry.client.http.HttpRegistrySettings;

/**
 * Takes a started suite once through what its users do first: a key, a job that renders it, its name, its traffic, the key's
 * change, the job's end. The job's task sleeps; its port is answered by this process, so that no program needs to be there.
 */
final class TrainingWalk implements AutoCloseable {
    private static final int REQUESTS = 200;
    private static final int TRIES = 400;
    private static final long PAUSE_MILLIS = 25;
    private static final int DNS_LIMIT_MILLIS = 2000;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpServer task;
    private final String registry;
    private final String scheduler;
    private final String balancer;
    private final String balancerApi;
    private final int dns;

    TrainingWalk(List<Part.Listening> listening) throws IOException {
        registry = address(listening, "registry (HTTP)");
        scheduler = address(listening, "scheduler (HTTP)");
        balancer = address(listening, "load balancer");
        balancerApi = address(listening, "load balancer (API)");
        String names = address(listening, "DNS (UDP and TCP)");
        dns = Integer.parseInt(names.substring(names.lastIndexOf(':') + 1));
        task = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        task.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            try (var body = exchange.getResponseBody()) {
                body.write(new byte[] {'o', 'k'});
            }
        });
        task.start();
    }

    private static String address(List<Part.Listening> listening, String what) {
        return listening.stream().filter(line -> line.what().equals(what)).findFirst().orElseThrow().address();
    }

    /** Throws {@link IOException} naming the first step that did not come about within ten seconds. */
    void run() throws IOException, InterruptedException {
        send("PUT", registry + "/v1/kv/training/name", "World");
        String job = send("POST", scheduler + "/v1/jobs/parse",
                "{\"Canonicalize\":true,\"JobHCL\":" + quoted(JOB.formatted(task.getAddress().getPort())) + "}").body();
        send("PUT", scheduler + "/v1/job/training/plan", "{\"Diff\":true,\"Job\":" + job + "}");
        send("PUT", scheduler + "/v1/jobs", "{\"Job\":" + job + "}");
        until("a route to the job", balancer + "/training", answer -> answer.statusCode() == 200);
        for (int i = 0; i < REQUESTS; i++) {
            get(balancer + "/training");
        }
        lookAround();
        send("PUT", registry + "/v1/kv/training/name", "Muster");
        until("the restart after the key's change", scheduler + "/v1/job/training/allocations",
                answer -> answer.body().contains("Restart Signaled"));
        until("the route after the restart", balancer + "/training", answer -> answer.statusCode() == 200);
        send("DELETE", scheduler + "/v1/job/training?purge=true", "");
        until("the end of the route", balancer + "/training", answer -> answer.statusCode() != 200);
    }

    private void lookAround() throws IOException, InterruptedException {
        for (String path : List.of("/v1/agent/self", "/v1/agent/services", "/v1/agent/checks", "/v1/agent/members", "/v1/catalog/services",
                "/v1/catalog/nodes", "/v1/catalog/service/training", "/v1/health/service/training?passing", "/v1/kv/training?recurse",
                "/v1/kv/training/name?index=1", "/ui/")) {
            get(registry + path);
        }
        for (String path : List.of("/v1/agent/self", "/v1/jobs", "/v1/nodes", "/v1/allocations", "/v1/evaluations", "/v1/deployments",
                "/v1/job/training", "/v1/job/training/allocations", "/v1/job/training/evaluations", "/v1/job/training/summary",
                "/v1/job/training/deployments", "/ui/")) {
            get(scheduler + path);
        }
        get(balancerApi + "/api/routes");
        get(balancerApi + "/health");
        name();
        // What programs beside this one load: a registry over HTTP.
        try (HttpRegistryClient client = new HttpRegistryClient(HttpRegistrySettings.of(registry.substring("http://".length())),
                InstantSource.system(), new SharedRandom())) {
            client.self();
            client.read(new Query.Key("training/name", Query.Scope.LOCAL));
        }
    }

    /** One question by UDP: a header with one question (RFC 1035, 4.1), then the name, type SRV, class IN. */
    private void name() throws IOException {
        byte[] head = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
        byte[] name = "\10training\7service\6consul\0".getBytes(StandardCharsets.US_ASCII);
        byte[] question = new byte[head.length + name.length + 4];
        System.arraycopy(head, 0, question, 0, head.length);
        System.arraycopy(name, 0, question, head.length, name.length);
        question[question.length - 3] = 33;
        question[question.length - 1] = 1;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(DNS_LIMIT_MILLIS);
            socket.send(new DatagramPacket(question, question.length, InetAddress.getLoopbackAddress(), dns));
            socket.receive(new DatagramPacket(new byte[512], 512));
        }
    }

    private void until(String what, String url, Predicate<HttpResponse<String>> wanted) throws IOException, InterruptedException {
        for (int i = 0; i < TRIES; i++) {
            if (wanted.test(get(url))) {
                return;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new IOException(what + " did not come");
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String method, String url, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(method + " " + url + " answered " + answer.statusCode() + " " + answer.body());
        }
        return answer;
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    @Override
    public void close() {
        task.stop(0);
        http.close();
    }

    private static final String JOB = """
            job "training" {
              datacenters = ["dc1"]
              group "group" {
                update {
                  min_healthy_time = "0s"
                }
                restart {
                  delay = "0s"
                }
                network {
                  port "http" {
                    static = %d
                  }
                }
                service {
                  name = "training"
                  port = "http"
                  tags = ["urlprefix-/training"]
                  check {
                    type     = "http"
                    path     = "/"
                    interval = "1s"
                    timeout  = "1s"
                  }
                }
                task "sleep" {
                  driver = "raw_exec"
                  config {
                    command = "sleep"
                    args    = ["60"]
                  }
                  template {
                    data        = "{{ key \\"training/name\\" }} {{ with $v := key \\"training/name\\" | parseYAML }}{{ $v }}{{ end }}"
                    destination = "local/name"
                    change_mode = "restart"
                    splay       = "0s"
                  }
                }
              }
            }
            """;
}
