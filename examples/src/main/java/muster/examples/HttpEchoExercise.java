package muster.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import muster.examples.Step.Chapter;
import org.xbill.DNS.Type;

/** The training's exercise with http-echo as steps: fixed port, more instances, chosen ports, balancer by tags, rolling update. */
final class HttpEchoExercise {
    private static final String NAME = "otter.http-echo.service.consul";
    private static final int FIXED = 5678;
    private static final int STARTED = 30;
    private static final int ROLLED_OUT = 60;

    private HttpEchoExercise() {}

    static Chapter chapter(Site site) {
        String page = "http://127.0.0.1:" + site.port(FIXED);
        String first = site.balancer() + "/http-echo";
        String second = site.balancer() + "/my-path";
        return new Chapter("Exercise, http-echo behind the balancer", List.of(
                run("run one server on a fixed port", "1-static-port.hcl"),
                Step.within(STARTED, "open " + page, user -> user.open(page), Expect.text("hello world")),
                Step.within(STARTED, "ask DNS by tag and name", user -> user.dig(NAME, Type.A),
                        Expect.lines("^answer otter\\.http-echo\\.service\\.consul\\. 0 IN A 127\\.0\\.0\\.1$")),
                run("run it with another text", "2-another-text.hcl"),
                Step.within(STARTED, "open " + page + " again", user -> user.open(page), Expect.text("good evening")),
                run("run five on the fixed port", "3-five-instances.hcl"),
                unplaced(site),
                run("let the scheduler choose the ports", "4-dynamic-ports.hcl"),
                Step.within(ROLLED_OUT, "ask DNS for five", user -> user.dig(NAME, Type.SRV),
                        Expect.different(5, "^answer otter\\.http-echo\\.service\\.consul\\. 0 IN SRV 1 1 (\\d+) ")),
                Step.within(STARTED, "status: all five run", user -> user.nomad(0, "status", "http-echo-otter"),
                        Expect.lines("^Status = running$", "^echo 0 0 5 0 ")),
                Step.within(STARTED, "open " + first, user -> user.open(first), Expect.text("good evening")),
                targets("look at the balancer's routes", "/http-echo"),
                run("add a second path", "5-second-path.hcl"),
                Step.within(STARTED, "open " + second, user -> user.open(second), Expect.text("good evening")),
                targets("look at the balancer's routes", "/my-path"),
                run("roll out a new text, two at a time", "6-rolling-update.hcl"),
                answers("open " + second + " ten times, until only the new ones answer", second, "good night"),
                Step.within(ROLLED_OUT, "status, until the deployment is through",
                        user -> user.nomad(0, "status", "http-echo-otter"),
                        Expect.lines("^Status = successful$", "^Description = Deployment completed successfully$", "^echo 5 5 5 0 ")),
                Step.now("stop the job", user -> user.nomad(0, "stop", "-detach", "http-echo-otter"), Expect.lines("[0-9a-f]{8}-")),
                Step.within(STARTED, "see its name gone from DNS", user -> user.dig(NAME, Type.SRV), Expect.lines("^NXDOMAIN$"))));
    }

    private static Step run(String title, String file) {
        return Step.now(title, user -> {
            user.copy("http-echo/" + file, "http-echo.hcl");
            return user.nomad(0, "run", "-detach", "http-echo.hcl");
        }, Expect.lines("^Job registration successful$"));
    }

    /** Said by the status, since {@code run} itself would go on waiting for room. */
    private static Step unplaced(Site site) {
        return Step.within(STARTED, "status: four have no place", user -> user.nomad(0, "status", "http-echo-otter"),
                Expect.lines("^echo 4 0 1 ", "^Placement Failure$", "^Task Group \"echo\" \\(failed to place 4 allocations\\):$|^Task Group \"echo\":$",
                        "^\\* Dimension \"network: reserved port collision http=" + site.port(FIXED) + "\" exhausted on 1 nodes$"));
    }

    private static Step targets(String title, String path) {
        return Step.within(STARTED, title, user -> {
            List<String> routes = new ArrayList<>();
            for (Map<String, Object> route : User.list(user.json(user.site().balancerApi() + "/api/routes"))) {
                routes.add("route " + route.get("path") + " to " + route.get("dst"));
            }
            return String.join("\n", routes);
        }, Expect.different(5, "^route " + path + " to http://127\\.0\\.0\\.1:(\\d+)/$"));
    }

    private static Step answers(String title, String url, String text) {
        return Step.within(ROLLED_OUT, title, user -> {
            StringBuilder answers = new StringBuilder();
            for (int i = 1; i <= 10; i++) {
                answers.append("answer ").append(i).append(": ").append(user.open(url).strip()).append('\n');
            }
            return answers.toString();
        }, Expect.different(10, "^answer (\\d+): " + text + "$"));
    }
}
