package muster.lb.fabio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import muster.lb.choose.Member;
import muster.lb.choose.Pool;
import muster.lb.choose.RetryBudget;
import muster.lb.choose.Standing;
import muster.lb.choose.Strategy;
import muster.lb.choose.WaitingRoom;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Attempt;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Dispatcher;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.route.Target;
import muster.lb.trace.Tracing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides by the table in force: which route, which target, who may, what to do when a target fails. A request is sent to another target when
 * nothing of it was sent, or when a second copy does no harm, as far as the budget for retries goes; when no target can be had but one is
 * expected, it waits for a bounded time.
 */
final class FabioDispatcher implements Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(FabioDispatcher.class);

    private final FabioConfig.Proxy config;
    private final LiveTable table;
    private final WaitingRoom room;
    private final RetryBudget budget;
    private final Authorization authorization;
    private final FabioMetrics metrics;
    private final Context context;

    /**
     * What comes from outside.
     *
     * @param nanos a monotonic clock
     * @param accessLog gets the requests that were forwarded, on their event loops
     * @param tracing sends spans
     */
    record Context(
            RandomGenerator random, Supplier<UUID> ids, LongSupplier nanos, Consumer<Ended> accessLog, Optional<Tracing> tracing) {}

    FabioDispatcher(
            FabioConfig.Proxy config, LiveTable table, WaitingRoom room, RetryBudget budget, Authorization authorization,
            FabioMetrics metrics, Context context) {
        this.config = config;
        this.table = table;
        this.room = room;
        this.budget = budget;
        this.authorization = authorization;
        this.metrics = metrics;
        this.context = context;
    }

    @Override
    public Decision decide(RequestHead head) {
        budget.earn();
        return decide(new Course(head, context.nanos().getAsLong() + config.choosing().hold().toNanos()));
    }

    private Decision decide(Course course) {
        RequestHead head = course.head();
        Optional<LiveRoute> found = table.lookup(head.host(), head.path(), head.peer().isTls());
        if (found.isEmpty()) {
            return noRoute();
        }
        LiveRoute route = found.get();
        if (route.absence().isPresent() && !route.absence().get().isKept()) {
            Duration left = table.left(route.absence().get());
            return await(course, route.route().source(), Math.min(left.toMillis(), course.leftMillis(context.nanos().getAsLong())), this::noRoute);
        }
        if (route.pool().isFull()) {
            return Answer.empty(503);
        }
        OptionalInt chosen = choose(route, course);
        if (chosen.isEmpty()) {
            return await(course, route.route().source(), course.nextWaitMillis(context.nanos().getAsLong()), () -> Answer.empty(503));
        }
        Target target = route.route().targets().get(chosen.getAsInt());
        if (target.options().redirect() == 0) {
            return authorized(course, route, chosen.getAsInt());
        }
        String location = Rewrite.location(head, target);
        if (!location.equals(Rewrite.self(head))) {
            return denied(head, target).<Decision>map(refusal -> refusal).orElseGet(() -> redirect(head, target, location));
        }
        course.tries(chosen.getAsInt());
        return proxying(course, route).map(other -> authorized(course, route, other)).orElseGet(this::noRoute);
    }

    private OptionalInt choose(LiveRoute route, Course course) {
        Pool.Pick pick = Keys.pick(course.head(), route).after(course.tried());
        return route.pool().choose(pick, context.random(), context.nanos().getAsLong());
    }

    /** A target that does not redirect. */
    private Optional<Integer> proxying(Course course, LiveRoute route) {
        for (int i = 0; i < route.route().targets().size(); i++) {
            OptionalInt chosen = choose(route, course);
            if (chosen.isEmpty() || route.route().targets().get(chosen.getAsInt()).options().redirect() == 0) {
                return chosen.isEmpty() ? Optional.empty() : Optional.of(chosen.getAsInt());
            }
            course.tries(chosen.getAsInt());
        }
        return Optional.empty();
    }

    private Decision authorized(Course course, LiveRoute route, int chosen) {
        Target target = route.route().targets().get(chosen);
        Optional<Answer> denied = denied(course.head(), target);
        if (denied.isPresent()) {
            return denied.get();
        }
        return target.options().auth().isEmpty()
                ? forward(course, route, chosen, List.of())
                : authorization.check(target.options().auth(), course.head(), added -> forward(course, route, chosen, added));
    }

    /** @param added headers for the answer, from who authorized the request; names and values in turn */
    private Forward forward(Course course, LiveRoute route, int chosen, List<Authorization.Added> added) {
        course.tries(chosen);
        boolean unpacks = ForwardedHeaders.mayUnpack(course.head());
        return new Forward(attempt(course.head(), route, chosen), Decision.Retry.within(budget::spend, failed -> another(course, route)),
                new AnswerEdit(config, course.head(), unpacks, added, stickyCookie(course, route, chosen),
                        failure -> afterFailure(course, route, failure, added)));
    }

    /** The next attempt, if there is a target for it. */
    private Optional<Attempt> another(Course course, LiveRoute route) {
        Optional<Integer> next = proxying(course, route);
        next.ifPresent(course::tries);
        return next.map(target -> attempt(course.head(), route, target));
    }

    /**
     * After the data path's own attempts: another target where a second copy does no harm; else, where instances are expected, a wait for a
     * change or for a target to come back. Empty leaves it to {@link #failed}.
     */
    private Optional<Decision> afterFailure(Course course, LiveRoute route, Failure failure, List<Authorization.Added> added) {
        boolean isUnsent = failure == Failure.UNREACHABLE;
        if (!isUnsent && !(failure == Failure.CLOSED && course.isRepeatable())) {
            return Optional.empty();
        }
        Optional<Integer> next = budget.spend() ? proxying(course, route) : Optional.empty();
        if (next.isPresent()) {
            return Optional.of(forward(course, route, next.get(), added));
        }
        long wait = course.nextWaitMillis(context.nanos().getAsLong());
        if (wait == 0) {
            return Optional.empty();
        }
        course.forget();
        return Optional.of(wait(course, route.route().source(), wait, () -> decide(course)));
    }

    private Decision await(Course course, String source, long millis, Supplier<Decision> otherwise) {
        return millis == 0 ? otherwise.get() : wait(course, source, millis, otherwise);
    }

    /** Decides again after a change of the route, and as told when there was none. */
    private Decision wait(Course course, String source, long millis, Supplier<Decision> otherwise) {
        Optional<CompletionStage<Boolean>> seat = room.enter(source, Duration.ofMillis(millis));
        if (seat.isEmpty()) {
            return Answer.empty(503);
        }
        return new Decision.Later(seat.get().thenCompose(isChanged -> {
            if (isChanged) {
                course.forget();
            }
            return switch (isChanged ? decide(course) : otherwise.get()) {
                case Decision.Later later -> later.decision();
                case Decision other -> CompletableFuture.completedFuture(other);
            };
        }));
    }

    @Override
    public Answer failed(RequestHead head, Failure failure) {
        return Answer.empty(switch (failure) {
            case UNREACHABLE, CLOSED -> 502;
            case TIMEOUT -> 504;
            case MALFORMED, TLS -> 500;
            case OVERLOADED -> 503;
        });
    }

    @Override
    public void attempted(Attempt attempt, Optional<Failure> failure, int status, Duration time) {
        if (status == 101) {
            metrics.webSocketBegan();
        }
        if (attempt.meter() instanceof Member member) {
            Standing.Outcome outcome = failure
                    .map(why -> why == Failure.OVERLOADED ? Standing.Outcome.UNKNOWN : Standing.Outcome.FAILED)
                    .orElse(status >= 500 && status != 501 ? Standing.Outcome.ERROR : Standing.Outcome.GOOD);
            if (member.record(outcome, context.nanos().getAsLong())) {
                log.warn("target standing changed service={} target={} standing={} why={}", attempt.service(), attempt.target().authority(),
                        member.standing(), failure.map(Object::toString).orElse("status " + status));
            }
        }
    }

    /** As Fabio has it, what the proxy answers itself and tunnels are not logged. */
    @Override
    public void ended(Ended ended) {
        metrics.ended(ended);
        context.tracing().ifPresent(spans -> spans.ended(ended, ended.attempt().map(Attempt::service).orElse("")));
        if (ended.attempt().isPresent() && ended.status() != 101) {
            context.accessLog().accept(ended);
        }
    }

    private Attempt attempt(RequestHead head, LiveRoute route, int index) {
        Target target = route.route().targets().get(index);
        String host = switch (target.options().host()) {
            case "" -> head.host();
            case "dst" -> target.url().authority();
            default -> target.options().host();
        };
        HeaderList headers = ForwardedHeaders.of(head, host, target.options().strip(), config);
        if (!config.headers().requestId().isEmpty()) {
            headers.set(config.headers().requestId(), context.ids().get().toString());
        }
        if (context.tracing().isPresent()) {
            context.tracing().get().passOn(headers);
        } else if (config.headers().isTraced()) {
            TraceContext.addTo(headers, context.random());
        }
        return new Attempt(target.url(), target.service(), route.transports().get(index), Rewrite.uri(head, target), headers,
                route.pool().members().get(index));
    }

    private Optional<String> stickyCookie(Course course, LiveRoute route, int chosen) {
        return route.wish(choice -> !choice.stickyCookie().isEmpty())
                .flatMap(choice -> Keys.newCookie(course.head(), choice.stickyCookie(), route.pool().members().get(chosen).name()));
    }

    private static Optional<Answer> denied(RequestHead head, Target target) {
        if (target.options().access().isEmpty()) {
            return Optional.empty();
        }
        List<String> addresses = new ArrayList<>(head.headers().members("X-Forwarded-For"));
        addresses.add(head.peer().address());
        return target.options().access().get().admits(addresses) ? Optional.empty() : Optional.of(Answer.text(403, "access denied\n"));
    }

    private Answer redirect(RequestHead head, Target target, String location) {
        metrics.redirected(target.options().redirect());
        return Rewrite.redirect(head, target.options().redirect(), location);
    }

    private Answer noRoute() {
        metrics.notFound();
        String page = table.noRoutePage();
        if (page.isEmpty()) {
            return Answer.empty(config.noRouteStatus());
        }
        boolean isHtml = page.stripLeading().regionMatches(true, 0, "<", 0, 1);
        return new Answer(config.noRouteStatus(),
                new HeaderList().add("Content-Type", isHtml ? "text/html; charset=utf-8" : "text/plain; charset=utf-8"),
                page.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
