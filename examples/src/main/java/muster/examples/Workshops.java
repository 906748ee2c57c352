package muster.examples;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.examples.Step.Chapter;
import org.xbill.DNS.Type;

/**
 * The four workshops as steps. They build on one another: each begins with what the one before left, in the files
 * {@code job.hcl} and {@code vars.hcl} of the user's folder as well as in the cluster.
 */
final class Workshops {
    private static final String NAME = "hello-world-greeter.service." + Site.DATACENTER + ".consul";
    private static final int GREETER = 1234;
    private static final int ENTRY = 8080;
    private static final int DASHBOARD = 8081;
    /** Placing, starting, and two rounds of the checks, on a machine that has other things to do. */
    private static final int STARTED = 30;
    /** Two instances, one after the other, each healthy for ten seconds before it counts. */
    private static final int ROLLED_OUT = 90;
    private static final String PORT_FROM_SCHEDULER = "{{ env \"NOMAD_ALLOC_PORT_http\" }}";

    private Workshops() {}

    static List<Chapter> all(Site site) {
        return List.of(gettingStarted(site), helloWorld(site), scaling(site), configInConsul(site), loadBalancing(site));
    }

    static Chapter gettingStarted(Site site) {
        return new Chapter("Getting started", List.of(
                Step.now("open the registry's pages, " + site.registry() + "/ui", user -> user.open(site.registry() + "/ui"),
                        Expect.lines("(?i)<title>")),
                Step.now("open the scheduler's pages, " + site.scheduler() + "/ui", user -> user.open(site.scheduler() + "/ui"),
                        Expect.lines("(?i)<title>")),
                Step.within(STARTED, "consul members", user -> user.consul(0, "members"), Expect.lines("alive server .* " + Site.DATACENTER + " ")),
                Step.within(STARTED, "nomad node status", user -> user.nomad(0, "node", "status"),
                        Expect.lines(Site.DATACENTER + " .* eligible ready$"))));
    }

    static Chapter helloWorld(Site site) {
        String page = "http://127.0.0.1:" + site.port(GREETER);
        return new Chapter("Workshop 1, hello world", List.of(
                take("1-hello-world"),
                plan("plan the new job", site, "1-hello-world/plan-new.txt", "Task Group"),
                run("run it"),
                Step.within(STARTED, "open " + page, user -> user.open(page), Expect.text("Hello, Samantha")),
                Step.now("change the name in vars.hcl", user -> user.edit("vars.hcl", "Samantha", "YOUR NAME"), Expect.anything()),
                plan("plan the change", site, "1-hello-world/plan-rename.txt", "EmbeddedTmpl"),
                run("run it"),
                Step.within(STARTED, "open " + page + " again", user -> user.open(page), Expect.text("Hello, YOUR NAME"))));
    }

    static Chapter scaling(Site site) {
        return new Chapter("Workshop 2, scaling", List.of(
                Step.now("set the count to 2", user -> user.edit("job.hcl", "count = 1", "count = 2"), Expect.anything()),
                plan("plan it: both want the same port", site, "2-scaling/plan-collision.txt", "reserved port collision"),
                Step.now("let the scheduler choose the port",
                        user -> user.edit("job.hcl", "port \"http\" {\n        static = " + site.port(GREETER) + "\n      }", "port \"http\" {}"),
                        Expect.anything()),
                Step.now("take the port from the scheduler in vars.hcl",
                        user -> user.edit("vars.hcl", "port: " + site.port(GREETER), "port: " + PORT_FROM_SCHEDULER), Expect.anything()),
                plan("plan it again", site, "2-scaling/plan-dynamic.txt", "Task Group"),
                run("run it"),
                Step.within(ROLLED_OUT, "job status, until the deployment is through (each instance has to be healthy for 10 s)",
                        user -> user.nomad(0, "job", "status", "hello-world"),
                        Expect.lines("^Status = running$", "^greeter 0 0 2 0 \\d+ 0$", "^Status = successful$",
                                "^Description = Deployment completed successfully$", "^greeter 2 2 2 0 ")),
                Step.now("alloc status of both: their addresses", Workshops::addresses,
                        Expect.different(2, "^\\*http yes (127\\.0\\.0\\.1:\\d+)$")),
                names("ask DNS for both"),
                greeted("open both", STARTED, "Hello, YOUR NAME")));
    }

    static Chapter configInConsul(Site site) {
        return new Chapter("Workshop 3, configuration in the registry", List.of(
                Step.now("let vars.hcl read the name from a key", user -> user.copy("workshops/3-config-in-consul/vars.hcl", "vars.hcl"),
                        Expect.anything()),
                Step.now("consul kv put", user -> user.consul(0, "kv", "put", "hello-world/config", "name: \"Samantha\""),
                        Expect.text("Success! Data written to: hello-world/config")),
                Step.now("consul kv get", user -> user.consul(0, "kv", "get", "hello-world/config"), Expect.text("name: \"Samantha\"")),
                plan("plan the change", site, "3-config-in-consul/plan.txt", "EmbeddedTmpl"),
                run("run it"),
                greeted("ask DNS, open both, until both are replaced (one after the other, each healthy for 10 s)", ROLLED_OUT,
                        "Hello, Samantha"),
                names("ask DNS for the new ones"),
                Step.now("consul kv put another name", user -> user.consul(0, "kv", "put", "hello-world/config", "name: \"SAMANTHA\""),
                        Expect.text("Success! Data written to: hello-world/config")),
                greeted("open both: each restarts with the new name within 5 s of splay", STARTED, "Hello, SAMANTHA"),
                Step.within(STARTED, "see that no deployment was needed", Workshops::history,
                        Expect.text("version 3, 4 deployments, restarts 1 1"))));
    }

    static Chapter loadBalancing(Site site) {
        String entry = "http://127.0.0.1:" + site.port(ENTRY);
        String dashboard = "http://127.0.0.1:" + site.port(DASHBOARD);
        return new Chapter("Workshop 4, load balancing", List.of(
                take("4-load-balancing"),
                plan("plan the balancer and the tags", site, "4-load-balancing/plan.txt", "in-place update"),
                run("run it"),
                Step.within(STARTED, "open the balancer, " + entry, user -> user.open(entry + "/"), Expect.text("Hello, SAMANTHA")),
                Step.within(STARTED, "open its dashboard, " + dashboard, user -> user.open(dashboard + "/"), Expect.lines("(?i)<html")),
                servers("look at the servers behind it", dashboard, 2),
                scale(3),
                servers("look again", dashboard, 3),
                scale(2),
                servers("look again", dashboard, 2),
                Step.within(STARTED, "open the balancer, " + entry, user -> user.open(entry + "/"), Expect.text("Hello, SAMANTHA")),
                Step.now("stop the job", user -> user.nomad(0, "job", "stop", "-detach", "hello-world"), Expect.lines("[0-9a-f]{8}-")),
                Step.within(STARTED, "see its name gone from DNS", user -> user.dig(NAME, Type.SRV), Expect.lines("^NXDOMAIN$"))));
    }

    private static Step take(String workshop) {
        return Step.now("take job.hcl and vars.hcl of " + workshop, user -> {
            user.copy("workshops/" + workshop + "/job.hcl", "job.hcl");
            return user.copy("workshops/" + workshop + "/vars.hcl", "vars.hcl");
        }, Expect.anything());
    }

    private static Step plan(String title, Site site, String expected, String telling) {
        // Exit code 1 says that there are changes.
        return Step.now(title, user -> user.nomad(1, "job", "plan", "-verbose", "-var-file=vars.hcl", "job.hcl"),
                Expect.begins(site.file("workshops/" + expected), telling));
    }

    private static Step run(String title) {
        return Step.now(title, user -> user.nomad(0, "job", "run", "-detach", "-verbose", "-var-file=vars.hcl", "job.hcl"),
                Expect.lines("^Job registration successful$", "^Evaluation ID: [0-9a-f-]{36}$"));
    }

    /** Refused while the job is being deployed, so asked for until that is over. */
    private static Step scale(int count) {
        return Step.within(ROLLED_OUT, "job scale to " + count,
                user -> user.nomad(0, "job", "scale", "-detach", "hello-world", "greeter", Integer.toString(count)),
                Expect.lines("^Evaluation ID: [0-9a-f-]{36}$"));
    }

    private static Step names(String title) {
        String instance = "7f000001.addr." + Site.DATACENTER + ".consul.";
        return Step.within(STARTED, title, user -> user.dig(NAME, Type.SRV),
                Expect.different(2, "^answer " + NAME + "\\. 0 IN (SRV 1 1 \\d+) " + instance + "$")
                        .and(Expect.lines("^NOERROR$",
                                "^additional " + instance + " 0 IN A 127\\.0\\.0\\.1$",
                                "^additional \\S+\\.node\\." + Site.DATACENTER + "\\.consul\\. 0 IN TXT \"?consul-network-segment=\"?$",
                                "^additional " + instance + " 0 IN A 127\\.0\\.0\\.1$",
                                "^additional \\S+\\.node\\." + Site.DATACENTER + "\\.consul\\. 0 IN TXT \"?consul-network-segment=\"?$")));
    }

    private static Step greeted(String title, int seconds, String greeting) {
        return Step.within(seconds, title, user -> {
            List<String> answers = new ArrayList<>();
            for (int port : user.portsOf(NAME)) {
                answers.add(port + " says " + user.open("http://127.0.0.1:" + port));
            }
            return String.join("\n", answers);
        }, Expect.different(2, "^(\\d+) says " + greeting + "$"));
    }

    private static Step servers(String title, String dashboard, int count) {
        return Step.within(STARTED, title, user -> {
            List<String> urls = new ArrayList<>();
            Object answer = user.json(dashboard + "/api/http/services/hello-world-greeter@consulcatalog");
            User.list(answer, "loadBalancer", "servers").forEach(server -> urls.add("server " + server.get("url")));
            return String.join("\n", urls);
        }, Expect.different(count, "^server http://(127\\.0\\.0\\.1:\\d+)$"));
    }

    /** What {@code alloc status} says of the instances that {@code job status} lists as running. */
    private static String addresses(User user) throws IOException, InterruptedException {
        StringBuilder screens = new StringBuilder();
        for (String line : user.nomad(0, "job", "status", "hello-world").lines().toList()) {
            String[] words = line.split("\\s+");
            if (words[0].matches("[0-9a-f]{8}") && line.contains("running")) {
                screens.append(user.nomad(0, "alloc", "status", words[0]));
            }
        }
        return screens.toString();
    }

    /** The job's version, how often it was deployed, and how often its running tasks were restarted. */
    private static String history(User user) throws IOException, InterruptedException {
        String job = user.site().scheduler() + "/v1/job/hello-world";
        Object version = user.json(job) instanceof Map<?, ?> found ? found.get("Version") : null;
        StringBuilder restarts = new StringBuilder();
        for (Map<String, Object> allocation : User.list(user.json(job + "/allocations"))) {
            if ("running".equals(allocation.get("ClientStatus")) && allocation.get("TaskStates") instanceof Map<?, ?> states
                    && states.get("greet") instanceof Map<?, ?> greet) {
                restarts.append(' ').append(greet.get("Restarts"));
            }
        }
        return "version " + version + ", " + User.list(user.json(job + "/deployments")).size() + " deployments, restarts" + restarts;
    }
}
