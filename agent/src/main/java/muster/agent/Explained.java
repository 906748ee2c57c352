package muster.agent;

import java.util.List;
import java.util.Map;

/** A balancer's account of a request, as text: what was tried in which order and what came of it. Pure. */
final class Explained {
    private Explained() {}

    /** In Fabio's manner: hosts and their paths, targets. */
    static String byRoutes(Map<?, ?> answer) {
        StringBuilder out = new StringBuilder();
        Map<?, ?> request = (Map<?, ?>) answer.get("request");
        line(out, request.get("method") + " " + request.get("host") + request.get("path"));
        for (Map<?, ?> step : list(answer.get("tried"))) {
            line(out, "  host " + step.get("host") + (step.get("matched").equals(true) ? "" : ": no path matches")
                    + (number(step.get("otherPaths")) > 0 ? " (" + number(step.get("otherPaths")) + " more paths)" : ""));
            for (Map<?, ?> trial : list(step.get("paths"))) {
                line(out, "    " + verdict(trial) + trial.get("path"));
            }
        }
        String route = String.valueOf(answer.get("route"));
        line(out, route.isEmpty() ? "no route" : "route " + route);
        line(out, "  " + answer.get("outcome"));
        for (Map<?, ?> target : list(answer.get("targets"))) {
            line(out, "  " + target.get("service") + " weight " + target.get("weight") + ", " + number(target.get("inFlight")) + " in progress, "
                    + target.get("why") + ": " + target.get("becomes"));
        }
        return out + problems("refused", answer.get("refused"));
    }

    /** In Traefik's manner: rules by priority, middlewares, servers. */
    static String byRouters(Map<?, ?> answer) {
        StringBuilder out = new StringBuilder();
        line(out, answer.get("method") + " " + answer.get("url") + " at entry point " + answer.get("entryPoint"));
        for (Map<?, ?> trial : list(answer.get("tried"))) {
            line(out, "  " + verdict(trial) + trial.get("router") + " (priority " + trial.get("priority") + "): " + trial.get("rule"));
        }
        if (number(answer.get("routersOfOtherHosts")) > 0) {
            line(out, "  not tried: " + number(answer.get("routersOfOtherHosts")) + " routers whose rules ask for other hosts");
        }
        if (answer.get("router") == null) {
            line(out, String.valueOf(answer.get("answer")));
        } else {
            line(out, "router " + answer.get("router"));
            List<?> middlewares = answer.get("middlewares") instanceof List<?> names ? names : List.of();
            middlewares.forEach(name -> line(out, "  through " + name));
            line(out, "  to service " + answer.get("service"));
            if (answer.get("servers") instanceof Map<?, ?> servers) {
                servers.forEach((url, state) -> line(out, "  " + url + " " + state));
            }
        }
        for (Map<?, ?> router : list(answer.get("disabled"))) {
            line(out, "disabled " + router.get("router") + ": " + router.get("error"));
        }
        return out + problems("refused", answer.get("problems"));
    }

    /** One line for each, the word before it. */
    static String problems(String word, Object problems) {
        StringBuilder out = new StringBuilder();
        list(problems).forEach(problem -> line(out, word + " " + problem.get("where") + ": " + problem.get("text")));
        return out.toString();
    }

    static long number(Object value) {
        return value instanceof Number number ? number.longValue() : 0;
    }

    private static String verdict(Map<?, ?> trial) {
        return trial.get("matches").equals(true) ? "matches " : "no      ";
    }

    private static List<Map<?, ?>> list(Object value) {
        return value instanceof List<?> items ? items.stream().<Map<?, ?>>map(item -> (Map<?, ?>) item).toList() : List.of();
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append('\n');
    }
}
