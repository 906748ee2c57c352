package muster.lb.traefik;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import muster.lb.choose.Member;
import muster.lb.choose.Policy;
import muster.lb.choose.Pool;
import muster.lb.choose.RetryBudget;
import muster.lb.choose.Strategy;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.exchange.Transport;
import muster.lb.middleware.Decisions;
import muster.lb.middleware.Surroundings;
import muster.lb.tree.Values;

/**
 * Servers that share requests (Traefik: "Servers Load Balancer"). Whatever the strategy, servers that are down are passed over, a sticky
 * client goes where its cookie says, and a request whose server can't be reached goes to another one.
 */
final class LoadBalancer implements LiveService {
    private final String name;
    private final Values options;
    private final List<Server> servers;
    private final double[] weights;
    private final Pool pool;
    private final boolean isByTime;
    private final Optional<StickyCookie> cookie;
    private final Optional<Values> passive;
    private final Transport transport;
    private final Surroundings surroundings;
    private final Optional<CheckLoop> checks;
    private final RetryBudget budget;

    /**
     * Throws {@link IllegalArgumentException} for options that can't be used. Its checks begin with {@link #start}.
     *
     * @param before what had the name until now
     */
    LoadBalancer(String name, Values options, Optional<LoadBalancer> before, Transport transport, Surroundings surroundings) {
        this.name = name;
        this.options = options;
        this.transport = transport;
        this.surroundings = surroundings;
        Strategy strategy = switch (options.text("strategy")) {
            case "", "wrr", "leasttime" -> Strategy.ROUND_ROBIN;
            case "p2c" -> Strategy.LEAST_REQUESTS;
            case "hrw" -> Strategy.CONSISTENT_HASH;
            default -> throw new IllegalArgumentException("unsupported load-balancer strategy \"" + options.text("strategy") + "\"");
        };
        this.isByTime = options.text("strategy").equals("leasttime");
        Map<String, Server> known = new LinkedHashMap<>();
        before.ifPresent(old -> old.servers.forEach(server -> known.put(server.url().text(), server)));
        List<Values> definitions = options.sections("servers");
        this.servers = definitions.stream().map(server -> Optional.ofNullable(known.get(server.text("url"))).orElseGet(() -> new Server(server, surroundings.nanos().getAsLong()))).toList();
        this.weights = definitions.stream().mapToDouble(server -> server.whole("weight", 1)).toArray();
        if (IntStream.range(0, weights.length).anyMatch(i -> weights[i] < 0)) {
            throw new IllegalArgumentException("a server's weight is negative");
        }
        List<Member> members = servers.stream().map(Server::member).toList();
        this.pool = before.map(old -> old.pool.replacedBy(members, weights, strategy, Policy.DEFAULT))
                .orElseGet(() -> Pool.of(members, weights, strategy, Policy.DEFAULT));
        this.budget = before.map(old -> old.budget).orElseGet(RetryBudget::usual);
        this.cookie = StickyCookie.of(name, options);
        this.passive = options.section("passiveHealthCheck");
        this.checks = options.section("healthCheck").map(check -> new CheckLoop(name, check, servers.stream().map(server ->
                new CheckLoop.Subject(server.url().text(), new ServerCheck(server.url(), check, transport, surroundings.fetcher()), server::isChecked,
                        server::checked)).toList()));
        if (checks.isEmpty()) {
            servers.forEach(server -> server.checked(true));
        }
    }

    /** Begins its checks. */
    void start() {
        checks.ifPresent(CheckLoop::start);
    }

    @Override
    public void close() {
        checks.ifPresent(CheckLoop::close);
    }

    Values options() {
        return options;
    }

    Transport transport() {
        return transport;
    }

    Pool pool() {
        return pool;
    }

    /** The servers, in the order of the definition. */
    List<Server> servers() {
        return servers;
    }

    @Override
    public Map<String, String> serverStatus() {
        Map<String, String> status = new LinkedHashMap<>();
        long now = surroundings.nanos().getAsLong();
        servers.forEach(server -> status.put(server.url().text(), server.isUp(now) ? "UP" : "DOWN"));
        return status;
    }

    @Override
    public boolean isUp() {
        long now = surroundings.nanos().getAsLong();
        return IntStream.range(0, servers.size()).anyMatch(i -> weights[i] > 0 && servers.get(i).isUp(now));
    }

    @Override
    public Decision handle(RequestHead head) {
        Optional<Integer> sticky = cookie.flatMap(c -> c.value(head.headers())).flatMap(this::byCookie);
        Optional<Integer> first = sticky.or(() -> pick(head, List.of()));
        if (first.isEmpty()) {
            return Decisions.plain(503, "no available server");
        }
        budget.earn();
        List<Integer> tried = new ArrayList<>(List.of(first.get()));
        return new Forward(attempt(head, first.get()), Decision.Retry.within(budget::spend, failed -> {
            Optional<Integer> next = pick(head, tried);
            next.ifPresent(tried::add);
            return next.map(index -> attempt(head, index));
        }), new Reply(tried, sticky));
    }

    private Optional<Integer> byCookie(String value) {
        long now = surroundings.nanos().getAsLong();
        for (int i = 0; i < servers.size(); i++) {
            if (StickyCookie.hash(servers.get(i).url().text()).equals(value) && servers.get(i).isUp(now)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Chooses among those that are neither down nor tried. */
    private Optional<Integer> pick(RequestHead head, List<Integer> tried) {
        long now = surroundings.nanos().getAsLong();
        List<Integer> left = new ArrayList<>(tried);
        for (int i = 0; i < servers.size(); i++) {
            if (!servers.get(i).isUp(now)) {
                left.add(i);
            }
        }
        int preferred = isByTime
                ? IntStream.range(0, servers.size()).filter(i -> weights[i] > 0 && !left.contains(i)).boxed()
                        .min(Comparator.comparingDouble(this::expectedTime)).orElse(-1)
                : -1;
        OptionalInt chosen = pool.choose(new Pool.Pick(head.peer().address(), preferred, left), surroundings.random(), now);
        return chosen.isPresent() ? Optional.of(chosen.getAsInt()) : Optional.empty();
    }

    /** How long a request would take there: the mean so far, times those that are in progress, by weight. */
    private double expectedTime(int index) {
        var counts = servers.get(index).member().counts();
        double mean = counts.total() == 0 ? 0 : (double) counts.time().toNanos() / counts.total();
        return mean * (1 + counts.inFlight()) / weights[index];
    }

    /** Weighted rendezvous hashing: the highest score of a key wins, so that what comes or goes moves no key but its own. */
    static double score(String key, String name, double weight) {
        long mixed = new java.util.SplittableRandom(Long.parseUnsignedLong(StickyCookie.hash(key + "\0" + name), 16)).nextLong();
        double unit = ((mixed >>> 11) + 0.5) * 0x1.0p-53;
        return -weight / Math.log(unit);
    }

    private Attempt attempt(RequestHead head, int index) {
        Server server = servers.get(index);
        boolean passes = options.flagOrTrue("passHostHeader");
        HeaderList headers = head.headers().copy().remove("Upgrade").remove("Connection");
        String before = headers.all("X-Forwarded-For").stream().filter(value -> !value.isEmpty()).reduce((a, b) -> a + ", " + b).map(v -> v + ", ").orElse("");
        headers.set("X-Forwarded-For", before + head.peer().address()).set("Host", passes ? head.host() : server.url().authority());
        Values definition = options.sections("servers").get(index);
        String uri = definition.flag("preservePath") && !server.url().path().isEmpty() && !server.url().path().equals("/")
                ? server.url().path().replaceFirst("/$", "") + head.uri()
                : head.uri();
        return new Attempt(server.url(), name, transport, uri, headers, server.member());
    }

    /** What is done to the answer of one request: the cookie, and a verdict on the server. */
    private final class Reply implements ResponseEdit {
        private final List<Integer> tried;
        private final Optional<Integer> sticky;

        Reply(List<Integer> tried, Optional<Integer> sticky) {
            this.tried = tried;
            this.sticky = sticky;
        }

        @Override
        public void edit(int status, HeaderList headers) {
            int served = tried.getLast();
            if (cookie.isPresent() && !sticky.equals(Optional.of(served))) {
                headers.add("Set-Cookie", cookie.get().line(StickyCookie.hash(servers.get(served).url().text())));
            }
            if (status >= 500) {
                failed();
            }
        }

        @Override
        public Optional<Decision> failed(Failure failure) {
            failed();
            return Optional.of(switch (failure) {
                case UNREACHABLE, CLOSED -> Decisions.plain(502, "Bad Gateway");
                case TIMEOUT -> Decisions.plain(504, "Gateway Timeout");
                case MALFORMED, TLS -> Decisions.plain(500, "Internal Server Error");
                case OVERLOADED -> Decisions.plain(503, "Service Unavailable");
            });
        }

        private void failed() {
            passive.ifPresent(rule -> servers.get(tried.getLast()).failed(surroundings.nanos().getAsLong(),
                    rule.duration("failureWindow").orElse(java.time.Duration.ofSeconds(10)).toNanos(), Math.max(1, rule.whole("maxFailedAttempts", 1))));
        }
    }
}
