package muster.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import muster.wire.Json;
import org.junit.jupiter.api.Test;

class ExplainedTest {
    @Test
    void routesAreShownInTheOrderOfTheirTrial() {
        assertThat(Explained.byRoutes(read("""
                {"request": {"method": "GET", "host": "a.test", "path": "/x", "tls": false},
                 "tried": [{"host": "a.test", "paths": [{"path": "/y", "matches": false}], "otherPaths": 3, "matched": false},
                           {"host": "(any host)", "paths": [{"path": "/x", "matches": true}], "otherPaths": 0, "matched": true}],
                 "route": "/x", "outcome": "one of 1 usable targets, by random",
                 "targets": [{"service": "web", "weight": 0.5, "inFlight": 2, "why": "usable", "becomes": "http://t:1/x"}],
                 "refused": [{"where": "tag", "text": "bad"}]}"""))).isEqualTo("""
                GET a.test/x
                  host a.test: no path matches (3 more paths)
                    no      /y
                  host (any host)
                    matches /x
                route /x
                  one of 1 usable targets, by random
                  web weight 0.5, 2 in progress, usable: http://t:1/x
                refused tag: bad
                """);
    }

    @Test
    void routersAreShownInTheOrderOfTheirTrial() {
        assertThat(Explained.byRouters(read("""
                {"url": "http://a.test/x", "method": "GET", "entryPoint": "web",
                 "tried": [{"router": "one@file", "rule": "Path(`/y`)", "priority": 10, "matches": false},
                           {"router": "two@file", "rule": "Path(`/x`)", "priority": 9, "matches": true}],
                 "router": "two@file", "middlewares": ["strip@file"], "service": "web@file", "servers": {"http://t:1": "UP"},
                 "disabled": [{"router": "three@file", "error": ["no such service"]}], "problems": []}"""))).isEqualTo("""
                GET http://a.test/x at entry point web
                  no      one@file (priority 10): Path(`/y`)
                  matches two@file (priority 9): Path(`/x`)
                router two@file
                  through strip@file
                  to service web@file
                  http://t:1 UP
                disabled three@file: [no such service]
                """);
    }

    @Test
    void aRequestWithoutARouterIsToldItsAnswer() {
        assertThat(Explained.byRouters(read("{\"url\": \"http://a.test/\", \"method\": \"GET\", \"entryPoint\": \"web\", \"tried\": [],"
                + " \"routersOfOtherHosts\": 7, \"answer\": \"404 page not found: no rule matches\"}"))).isEqualTo("""
                GET http://a.test/ at entry point web
                  not tried: 7 routers whose rules ask for other hosts
                404 page not found: no rule matches
                """);
    }

    private static Map<?, ?> read(String json) {
        return (Map<?, ?>) Json.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
