package muster.lb.traefik;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Fetcher;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.Decisions;
import muster.lb.middleware.Surroundings;
import muster.lb.choose.Ring;
import muster.lb.tree.Values;

/** Services made of other services (Traefik: "Weighted Round Robin", "Mirroring", "Failover", "Highest Random Weight"). */
final class GroupServices {
    private GroupServices() {}

    /** A service of a group; looked up when a request comes, so that the group's parts may change without it. */
    private record Part(String name, double weight, Values options) {}

    private static List<Part> parts(Values options, Function<String, String> complete) {
        List<Part> parts = options.sections("services").stream()
                .map(part -> new Part(complete.apply(part.text("name")), part.whole("weight", 1), part))
                .toList();
        if (parts.isEmpty() || parts.stream().allMatch(part -> part.weight() <= 0)) {
            throw new IllegalArgumentException("no service with a weight above 0");
        }
        return parts;
    }

    /** Shares requests among services by weight, perhaps leading clients back by a cookie. */
    static final class Weighted implements LiveService {
        private final List<Part> parts;
        private final Ring ring;
        private final AtomicInteger turn = new AtomicInteger();
        private final Optional<StickyCookie> cookie;
        private final boolean isByClient;
        private final Function<String, Optional<LiveService>> services;

        Weighted(String name, Values options, boolean isByClient, Function<String, String> complete, Function<String, Optional<LiveService>> services) {
            this.parts = parts(options, complete);
            this.ring = Ring.of(parts.stream().mapToDouble(Part::weight).toArray());
            this.cookie = StickyCookie.of(name, options);
            this.isByClient = isByClient;
            this.services = services;
        }

        @Override
        public Decision handle(RequestHead head) {
            Optional<Integer> sticky = cookie.flatMap(c -> c.value(head.headers())).flatMap(this::byCookie);
            Optional<Integer> chosen = sticky.or(() -> isByClient ? byClient(head) : inTurn());
            if (chosen.isEmpty()) {
                return Decisions.plain(503, "no available server");
            }
            Part part = parts.get(chosen.get());
            RequestHead sent = head;
            if (!part.options().textMap("headers").isEmpty()) {
                HeaderList headers = head.headers().copy();
                part.options().textMap("headers").forEach((name, value) -> headers.set(HeaderList.canonical(name), value));
                sent = head.withHeaders(headers);
            }
            Decision made = services.apply(part.name()).orElseThrow().handle(sent);
            return cookie.isEmpty() || sticky.isPresent() ? made : Decisions.edited(made, (status, headers) ->
                    headers.add("Set-Cookie", cookie.get().line(StickyCookie.hash(part.name()))));
        }

        private Optional<Integer> byCookie(String value) {
            for (int i = 0; i < parts.size(); i++) {
                if (StickyCookie.hash(parts.get(i).name()).equals(value) && isUp(parts.get(i))) {
                    return Optional.of(i);
                }
            }
            return Optional.empty();
        }

        private Optional<Integer> inTurn() {
            for (int i = 0; i < ring.size(); i++) {
                int index = ring.at(turn.getAndIncrement());
                if (isUp(parts.get(index))) {
                    return Optional.of(index);
                }
            }
            return Optional.empty();
        }

        private Optional<Integer> byClient(RequestHead head) {
            Optional<Integer> best = Optional.empty();
            double highest = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < parts.size(); i++) {
                double score = LoadBalancer.score(head.peer().address(), parts.get(i).name(), parts.get(i).weight());
                if (isUp(parts.get(i)) && parts.get(i).weight() > 0 && score > highest) {
                    best = Optional.of(i);
                    highest = score;
                }
            }
            return best;
        }

        private boolean isUp(Part part) {
            return services.apply(part.name()).map(LiveService::isUp).orElse(false);
        }

        @Override
        public Map<String, String> serverStatus() {
            Map<String, String> status = new LinkedHashMap<>();
            parts.forEach(part -> status.put(part.name(), isUp(part) ? "UP" : "DOWN"));
            return status;
        }

        @Override
        public boolean isUp() {
            return parts.stream().anyMatch(this::isUp);
        }
    }

    /** Serves from one service and sends copies of a part of the requests to others, whose answers nobody waits for. */
    static final class Mirroring implements LiveService {
        private static final long MAX_BODY_BYTES = 64L * 1024 * 1024;
        private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
        private static final java.time.Duration TIMEOUT = java.time.Duration.ofSeconds(30);

        private final String main;
        private final boolean isBodySent;
        private final long maxBody;
        private final List<Mirror> mirrors;
        private final AtomicLong total = new AtomicLong();
        private final Function<String, Optional<LiveService>> services;
        private final Surroundings surroundings;

        private record Mirror(String name, long percent, AtomicLong sent) {}

        Mirroring(Values options, Function<String, String> complete, Function<String, Optional<LiveService>> services, Surroundings surroundings) {
            this.main = complete.apply(options.text("service"));
            this.isBodySent = options.flagOrTrue("mirrorBody");
            this.maxBody = options.whole("maxBodySize", -1) < 0 ? MAX_BODY_BYTES : options.whole("maxBodySize");
            this.mirrors = options.sections("mirrors").stream()
                    .map(mirror -> new Mirror(complete.apply(mirror.text("name")), mirror.whole("percent"), new AtomicLong()))
                    .toList();
            if (mirrors.stream().anyMatch(mirror -> mirror.percent() < 0 || mirror.percent() > 100)) {
                throw new IllegalArgumentException("percent must be between 0 and 100");
            }
            this.services = services;
            this.surroundings = surroundings;
        }

        @Override
        public Decision handle(RequestHead head) {
            Optional<LiveService> service = services.apply(main);
            if (service.isEmpty()) {
                return Decisions.plain(503, "no available server");
            }
            List<Mirror> chosen = head.isWebSocket() ? List.of() : chosen();
            long length = head.headers().first("Content-Length").filter(text -> text.matches("[0-9]{1,15}")).map(Long::parseLong).orElse(0L);
            if (chosen.isEmpty() || head.headers().has("Transfer-Encoding") || isBodySent && length > maxBody) {
                return service.get().handle(head);
            }
            if (length == 0 || !isBodySent) {
                chosen.forEach(mirror -> copy(mirror, head, new byte[0]));
                return service.get().handle(head);
            }
            return new Decision.Collect(maxBody, body -> {
                chosen.forEach(mirror -> copy(mirror, head, body.orElse(new byte[0])));
                return service.get().handle(head);
            });
        }

        private List<Mirror> chosen() {
            long now = total.incrementAndGet();
            List<Mirror> chosen = new ArrayList<>();
            for (Mirror mirror : mirrors) {
                long due = now * mirror.percent() / 100;
                if (mirror.sent().get() < due) {
                    mirror.sent().incrementAndGet();
                    chosen.add(mirror);
                }
            }
            return chosen;
        }

        private void copy(Mirror mirror, RequestHead head, byte[] body) {
            HeaderList headers = head.headers().copy().remove("Transfer-Encoding").remove("Content-Length").remove("Expect");
            services.apply(mirror.name()).map(service -> service.handle(head.withHeaders(headers))).ifPresent(decision -> {
                if (decision instanceof Forward forward) {
                    Attempt attempt = forward.attempt();
                    attempt.meter().begin();
                    long begun = surroundings.nanos().getAsLong();
                    surroundings.fetcher().fetch(new Fetcher.Request(head.method(), attempt.target(), attempt.transport(), attempt.uri(), attempt.headers(),
                            body, TIMEOUT, MAX_ANSWER_BYTES)).whenComplete((answer, failure) ->
                            attempt.meter().end(failure == null ? answer.status() : 0, surroundings.nanos().getAsLong() - begun));
                }
            });
        }

        @Override
        public Map<String, String> serverStatus() {
            return Map.of();
        }

        @Override
        public boolean isUp() {
            return services.apply(main).map(LiveService::isUp).orElse(false);
        }
    }

    /** Serves from one service, and from another while that has no server, or for chosen statuses. */
    static final class Failover implements LiveService {
        private final String main;
        private final String fallback;
        private final List<String> statuses;
        private final long maxBody;
        private final Function<String, Optional<LiveService>> services;

        Failover(Values options, Function<String, String> complete, Function<String, Optional<LiveService>> services) {
            this.main = complete.apply(options.text("service"));
            this.fallback = complete.apply(options.text("fallback"));
            this.statuses = options.sectionOrNone("errors").texts("status");
            statuses.stream().filter(range -> !range.matches("[0-9]{3}(-[0-9]{3})?")).findFirst().ifPresent(range -> {
                throw new IllegalArgumentException("errors.status: \"" + range + "\" is no status: 503 or 500-599 is right");
            });
            this.maxBody = options.sectionOrNone("errors").whole("maxRequestBodyBytes", 0);
            this.services = services;
        }

        @Override
        public Decision handle(RequestHead head) {
            Optional<LiveService> first = services.apply(main).filter(LiveService::isUp);
            if (first.isEmpty()) {
                return services.apply(fallback).map(service -> service.handle(head)).orElse(Decisions.plain(503, "no available server"));
            }
            Decision made = first.get().handle(head);
            if (statuses.isEmpty()) {
                return made;
            }
            Decision held = Decisions.map(made, forward -> new Forward(forward.attempt(), forward.retry(), forward.edit(),
                    new Decision.RequestBody(maxBody, true)), (Answer answer) -> answer);
            return Decisions.edited(held, new ResponseEdit() {
                @Override
                public void edit(int status, HeaderList headers) {
                    // only the choice of the service is this one's matter
                }

                @Override
                public Optional<Decision> instead(int status, HeaderList headers) {
                    return isAmong(status) ? services.apply(fallback).map(service -> service.handle(head)) : Optional.empty();
                }
            });
        }

        private boolean isAmong(int status) {
            return statuses.stream().anyMatch(range -> {
                String[] ends = range.split("-", 2);
                return status >= Integer.parseInt(ends[0]) && status <= Integer.parseInt(ends[ends.length - 1]);
            });
        }

        @Override
        public Map<String, String> serverStatus() {
            return Map.of();
        }

        @Override
        public boolean isUp() {
            return services.apply(main).map(LiveService::isUp).orElse(false) || services.apply(fallback).map(LiveService::isUp).orElse(false);
        }
    }
}
