package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.fabio.FabioSettings;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteScript;
import muster.lb.route.RouteTable;
import muster.lb.source.FabioTags;
import muster.lb.source.Instances;
import muster.testkit.SeededRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every text that a user writes, changed at random: it is understood or refused in the way that it is refused, never with another exception, and
 * never without end.
 */
class MutatedTextsTest {
    private static final int ROUNDS = 1_500;
    private static final String ALPHABET = "`\"'{}[]()*?,.:;=/\\|&!$^+-#%< \t\n\0aZ09é😀";
    private static final RequestHead HEAD = new RequestHead("GET", "/a/b?c=d", "h.test", new HeaderList().add("X", "1"),
            new RequestHead.Peer("10.0.0.1", 1, "127.0.0.1", 80, false, "http"), 1);
    private static final TraefikConfig CONFIG = TraefikSettings.read(List.of("--entryPoints.http.address=:80",
            "--providers.consulcatalog.prefix=lb"), "", "").config().orElseThrow();

    record Grammar(String name, List<String> seeds, Consumer<String> reads) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Grammar> grammars() {
        return List.of(
                new Grammar("Fabio's tags", List.of("urlprefix-h*.{a,b}.test:80/x strip=/x redirect=301,https://o.t$path weight=.2",
                        "urlprefix-:99 proto=tcp pxyproto=true", "urlprefix-/[a-z] allow=ip:10.0.0.0/8,ip:::1 hash=cookie:a sticky=b slowstart=10s"),
                        text -> RouteTable.build(FabioTags.of(Instances.passing("web", 80, text), "urlprefix-").commands(), PathMatcher.GLOB, true)
                                .table().lookup("h.test", "/a", false)),
                new Grammar("Fabio's commands", List.of("route add web /x http://t:1/ weight 0.5 tags \"a,b\" opts \"strip=/x host=dst\"\nroute del web\n",
                        "route weight web /x weight 1 tags \"a\" # more\nroute add w {a,b}/[x] tcp://[::1]:9"),
                        text -> RouteTable.build(RouteScript.parse(text).commands(), PathMatcher.IPREFIX, true).table().lookup("a", "/x", true)),
                new Grammar("Fabio's properties", List.of("proxy.addr = :0;proto=https;cs=a;rt=1s,:1;proto=tcp\nproxy.cs = cs=a;type=file;cert=x\n",
                        "proxy.auth = name=a;type=basic;file=f;refresh=1s\nproxy.eject.share = .5\nmetrics.prometheus.buckets = .1,1",
                        "registry.backend = static\nregistry.static.routes = route add a / http://t:1\ntracing.ConnectString = http://c:1/v1"),
                        text -> FabioSettings.read(List.of(), Map.of(), "f.properties", text)),
                new Grammar("rules of version 3", rules(), text -> RuleMatcher.of(text, RuleMatcher.Syntax.V3).test(HEAD)),
                new Grammar("rules of version 2", List.of("Host(`a`, `b`) && Path(`/{x:[a-z]+}/y`)", "Headers(`X`, `1`) || !Query(`c=d`)"),
                        text -> RuleMatcher.of(text, RuleMatcher.Syntax.V2).test(HEAD)),
                new Grammar("rules of TCP", List.of("HostSNI(`*`) && ClientIP(`10.0.0.0/8`)", "HostSNIRegexp(`^.+\\.a$`) || ALPN(`h2`)"),
                        text -> TcpRules.of(text, RuleMatcher.Syntax.V3)),
                new Grammar("default rules", List.of("Host(`{{ normalize .Name }}.{{ index .Labels \"a\" }}`)", "{{ if .Name }}Path(`/{{ .Name | lower }}`){{ end }}"),
                        DefaultRule::new),
                new Grammar("Traefik's tags", List.of("lb.http.routers.r.rule=Path(`/x`)", "lb.http.services.s.loadbalancer.server.port=80",
                        "lb.http.middlewares.m.ratelimit.period=1m", "lb.tcp.routers.t.tls.passthrough=true", "lb.http.routers.r.tls.domains[0].sans[1]=a"),
                        text -> TraefikTags.of(Instances.passing("web", 80, "lb.http.routers.r.middlewares=a,b", text), CONFIG.provider().orElseThrow())),
                new Grammar("Traefik's file", List.of("[entryPoints.web]\naddress = \":80\"\n[providers.consulCatalog]\nprefix = \"a\"\n",
                        "[tracing]\nsampleRate = 0.5\n[tracing.otlp.http]\nendpoint = \"http://c:1\"\n"),
                        text -> TraefikSettings.read(List.of(), "t.toml", text)));
    }

    private static List<String> rules() {
        return List.of("Host(`h.test`) && (PathPrefix(`/a`) || !Query(`c`, `d`))", "HostRegexp(`^[a-z]+\\.test$`) && Header(`X`, `1`)",
                "ClientIP(`10.0.0.0/8`) || Method(`GET`) && PathRegexp(`^/(a|b)/`)");
    }

    @ParameterizedTest
    @MethodSource("grammars")
    void aChangedTextIsUnderstoodOrRefused(Grammar grammar) {
        SeededRandom.rounds(ROUNDS, random -> {
            String text = mutated(grammar.seeds().get(random.nextInt(grammar.seeds().size())), random);
            long begun = System.nanoTime();
            assertThatCode(() -> {
                try {
                    grammar.reads().accept(text);
                } catch (IllegalArgumentException e) {
                    if (e.getMessage() == null) {
                        throw new AssertionError("refused without a reason", e);
                    }
                }
            }).as(text).doesNotThrowAnyException();
            if (System.nanoTime() - begun > Duration.ofSeconds(60).toNanos()) {
                throw new AssertionError("took too long: " + text);
            }
        });
    }

    /** One to eight changes: a character put in, taken out or replaced, a piece doubled or cut off. */
    private static String mutated(String seed, RandomGenerator random) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = 1 + random.nextInt(8); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                case 1 -> text.deleteCharAt(at);
                case 2 -> text.setCharAt(at, ALPHABET.charAt(random.nextInt(ALPHABET.length())));
                case 3 -> text.insert(at, text.substring(at, end));
                default -> text.delete(at, end);
            }
        }
        return text.toString();
    }
}
