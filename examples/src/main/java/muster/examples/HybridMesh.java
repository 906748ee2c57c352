package muster.examples;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import muster.wire.Json;

/**
 * The story of the mesh: nine machines come up, three jobs make a service with balancers in front of it, the service grows to fifteen
 * instances, a machine with tasks dies, then both leaders do, and all the while a user asks for the page.
 */
public final class HybridMesh {
    static final Path NGINX = Path.of("/usr/sbin/nginx");
    private static final Duration PATIENCE = Duration.ofSeconds(240);
    private static final long PAUSE_MILLIS = 100;
    private static final int COUNT = 15;

    /** What the user saw: requests that were answered, those that were not, and why not. */
    record Report(int good, int bad, List<String> troubles) {}

    private interface Look {
        /** "" when it is as it should be, else what is not yet. */
        String at() throws IOException, InterruptedException;
    }

    private final MeshAgents agents;
    private final Path files;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final List<String> balancers;
    private final MeshTraffic traffic;
    private final long began = System.nanoTime();
    private String dead = "";

    HybridMesh(Path root, Path folder, String network, Function<String, List<String>> programs) {
        files = root.resolve("examples").resolve("hybrid-mesh");
        agents = new MeshAgents(files, folder, network, programs);
        balancers = new CopyOnWriteArrayList<>(agents.nodes());
        traffic = new MeshTraffic(balancers);
    }

    /** {@code HybridMesh ROOT [--keep]}. Exit code 0 when all came to pass and every request was answered. */
    public static void main(String[] args) throws IOException, InterruptedException {
        boolean keep = args.length == 2 && args[1].equals("--keep");
        if (args.length < 1 || args.length > 1 && !keep) {
            System.err.println("Usage: run [--keep]\n\n  --keep  leave the mesh running until Enter is pressed");
            System.exit(1);
        }
        if (!Files.isExecutable(NGINX)) {
            System.err.println("This example needs nginx at " + NGINX + ": install it with `apt-get install nginx-light`");
            System.exit(1);
        }
        Path root = Path.of(args[0]).toAbsolutePath().normalize();
        Path folder = Files.createTempDirectory("hybrid-mesh-");
        HybridMesh mesh = new HybridMesh(root, folder, "127.0.7", tool -> List.of(root.resolve("bin").resolve(tool).toString()));
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(mesh::close));
        int exit = 1;
        try {
            Report report = mesh.run();
            report.troubles().forEach(trouble -> System.out.println("  failed: " + trouble));
            exit = report.bad() == 0 ? 0 : 1;
            if (keep) {
                System.out.println("The mesh runs on until Enter is pressed: http://127.0.7.11:8500/ui http://127.0.7.21:4646/ui");
                System.in.read();
            }
        } catch (IOException e) {
            System.out.println("FAILED " + e.getMessage());
        }
        System.exit(exit);
    }

    /** Ends all that was started. */
    void close() {
        traffic.close();
        agents.close();
    }

    /** Takes the steps. Throws {@link IOException} naming the first that did not come to pass. */
    Report run() throws IOException, InterruptedException {
        agents.startServers();
        await("three servers of the registry have a leader", () -> leader(agents.registryServers(), ":8500"));
        await("three servers of the scheduler have a leader", () -> leader(agents.schedulerServers(), ":4646"));
        agents.startNodes();
        await("three nodes are ready", () -> nodes("ready", 3));
        for (String job : List.of("load-balancer", "go-api", "web-server")) {
            submit(job);
        }
        await("every balancer answers with the page and the API", this::balanced);
        traffic.start();
        await("the first deployment is over and the job can be scaled", () -> {
            scale(COUNT);
            return "";
        });
        await(COUNT + " instances run", () -> running(COUNT));
        traffic.forget();
        await(COUNT + " instances answer through the balancers", () -> answering(COUNT));

        String machine = agents.nodes().getLast();
        balancers.remove(machine);
        agents.kill(machine);
        say("killed the machine " + machine + " with all that ran on it");
        await("its node is down", () -> nodes("down", 1));
        await(COUNT + " instances run on the two that are left", () -> running(COUNT));

        String consul = leaderOf(agents.registryServers(), ":8500");
        String nomad = leaderOf(agents.schedulerServers(), ":4646");
        agents.kill(consul);
        agents.kill(nomad);
        dead = nomad;
        say("killed both leaders, " + consul + " and " + nomad);
        await("the registry has another leader", () -> leader(without(agents.registryServers(), consul), ":8500"));
        await("the scheduler has another leader", () -> leader(without(agents.schedulerServers(), nomad), ":4646"));
        await("the new leader takes a write", () -> {
            scale(COUNT - 3);
            return "";
        });
        await(COUNT - 3 + " instances run", () -> running(COUNT - 3));
        traffic.forget();
        await("all of them answer through the balancers", () -> answering(COUNT - 3));
        traffic.close();
        say("requests answered: " + traffic.good() + ", failed: " + traffic.bad());
        return new Report(traffic.good(), traffic.bad(), traffic.troubles());
    }

    private static List<String> without(List<String> all, String one) {
        return all.stream().filter(each -> !each.equals(one)).toList();
    }

    private void say(String text) {
        System.out.printf("%6.1f s  %s%n", (System.nanoTime() - began) / 1e9, text);
    }

    private void await(String what, Look look) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String missing = "";
        do {
            String ended = agents.ended();
            if (!ended.isEmpty()) {
                throw new IOException(ended);
            }
            try {
                missing = look.at();
                if (missing.isEmpty()) {
                    say(what);
                    return;
                }
            } catch (IOException e) {
                missing = e.toString();
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } while (System.nanoTime() < end);
        throw new IOException("not within " + PATIENCE.toSeconds() + " s: " + what + " (" + missing + ")");
    }

    private Object ask(String method, String url, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create("http://" + url)).timeout(Duration.ofSeconds(15))
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(url + " answered " + answer.statusCode() + " " + answer.body());
        }
        return answer.body().isEmpty() ? "" : Json.parse(answer.body());
    }

    private String scheduler() {
        return without(agents.schedulerServers(), dead).getFirst() + ":4646";
    }

    /** All of them agree on a leader. */
    private String leader(List<String> servers, String port) throws IOException, InterruptedException {
        for (String server : servers) {
            String leader = String.valueOf(ask("GET", server + port + "/v1/status/leader", ""));
            if (servers.stream().noneMatch(each -> leader.startsWith(each + ":"))) {
                return server + " says that the leader is \"" + leader + "\"";
            }
        }
        return "";
    }

    private String leaderOf(List<String> servers, String port) throws IOException, InterruptedException {
        String leader = String.valueOf(ask("GET", servers.getFirst() + port + "/v1/status/leader", ""));
        return leader.substring(0, leader.lastIndexOf(':'));
    }

    @SuppressWarnings("unchecked")
    private List<Map<String, Object>> list(String path) throws IOException, InterruptedException {
        return (List<Map<String, Object>>) ask("GET", scheduler() + path, "");
    }

    private String nodes(String status, int wanted) throws IOException, InterruptedException {
        long found = list("/v1/nodes").stream().filter(node -> status.equals(node.get("Status"))).count();
        return found == wanted ? "" : found + " nodes are " + status;
    }

    private void submit(String job) throws IOException, InterruptedException {
        Object parsed = ask("POST", scheduler() + "/v1/jobs/parse",
                Json.text(Map.of("JobHCL", Files.readString(files.resolve("jobs").resolve(job + ".nomad")), "Canonicalize", true)));
        ask("PUT", scheduler() + "/v1/jobs", Json.text(Map.of("Job", parsed)));
    }

    private void scale(int count) throws IOException, InterruptedException {
        ask("PUT", scheduler() + "/v1/job/web-server/scale", Json.text(Map.of("Target", Map.of("Group", "web-server"), "Count", count)));
    }

    private String running(int wanted) throws IOException, InterruptedException {
        List<Map<String, Object>> live = new ArrayList<>(list("/v1/job/web-server/allocations"));
        live.removeIf(one -> !"run".equals(one.get("DesiredStatus")) || !"running".equals(one.get("ClientStatus")));
        return live.size() == wanted ? "" : live.size() + " instances run";
    }

    private String balanced() throws IOException {
        for (String balancer : balancers) {
            for (String path : List.of("/", "/api")) {
                String answer = MeshTraffic.page(balancer, path);
                if (!answer.startsWith("HTTP/1.1 200")) {
                    return balancer + path + " answers " + answer.lines().findFirst().orElse("nothing");
                }
            }
        }
        return "";
    }

    /** So many different instances answered; where there were more, some of them are gone by now, and it is counted anew. */
    private String answering(int wanted) {
        int found = traffic.instances();
        if (found > wanted) {
            traffic.forget();
        }
        return found == wanted ? "" : found + " answered";
    }
}
