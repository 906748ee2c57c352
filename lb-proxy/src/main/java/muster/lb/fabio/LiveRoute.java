package muster.lb.fabio;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import muster.lb.choose.Member;
import muster.lb.choose.Policy;
import muster.lb.choose.Pool;
import muster.lb.choose.Strategy;
import muster.lb.exchange.Transport;
import muster.lb.route.Route;
import muster.lb.route.Target;
import muster.lb.route.TargetOptions;

/**
 * A route with what is known of its targets. Immutable but for the members of its pool, which it hands on to the live route that takes its
 * place.
 *
 * @param pool the targets in the route's order
 * @param transports likewise
 * @param absence since when and why the registry no longer has it, empty while it does
 */
record LiveRoute(Route route, Pool pool, List<Transport> transports, Optional<Absence> absence) {
    private static final long LONG_AGO = Long.MAX_VALUE / 4;

    /**
     * All targets of a route have left.
     *
     * @param since on the monotonic clock
     * @param isKept whether its targets are used on, because so much left at once that the registry is doubted; else its requests wait
     */
    record Absence(long since, boolean isKept) {}

    /**
     * @param before the one whose place it takes
     * @param isDrained tells by a target's address whether an operator drained it
     */
    static LiveRoute of(
            Route route, Optional<LiveRoute> before, FabioConfig.Choosing config, Predicate<String> isDrained, long now) {
        List<Member> members = new ArrayList<>();
        List<Transport> transports = new ArrayList<>();
        double[] weights = new double[route.targets().size()];
        for (Target target : route.targets()) {
            weights[members.size()] = target.weight();
            Optional<Member> known = before.filter(old -> old.absence().map(Absence::isKept).orElse(true)).flatMap(old -> old.member(target));
            // A route that is new starts all its targets at once: none of them has to be spared.
            Member member = known.orElseGet(() -> new Member(target.url().authority(), before.isEmpty() ? now - LONG_AGO : now, config.times().another()));
            member.drain(isDrained.test(target.url().authority()));
            members.add(member);
            transports.add(transport(target));
        }
        Strategy strategy = wish(route, choice -> !choice.strategy().isEmpty()).flatMap(choice -> Strategy.of(choice.strategy()))
                .orElse(wish(route, choice -> !choice.hashKey().isEmpty()).map(choice -> Strategy.CONSISTENT_HASH).orElse(config.strategy()));
        Policy policy = policy(route, config);
        Pool pool = before.map(old -> old.pool().replacedBy(members, weights, strategy, policy))
                .orElseGet(() -> Pool.of(members, weights, strategy, policy));
        return new LiveRoute(route, pool, List.copyOf(transports), Optional.empty());
    }

    LiveRoute absentSince(long now, boolean isKept) {
        return new LiveRoute(route, pool, transports, Optional.of(new Absence(now, isKept)));
    }

    /** The wish of the first target that has one. */
    Optional<TargetOptions.Choice> wish(Predicate<TargetOptions.Choice> has) {
        return wish(route, has);
    }

    private static Optional<TargetOptions.Choice> wish(Route route, Predicate<TargetOptions.Choice> has) {
        for (Target target : route.targets()) {
            if (has.test(target.options().choice())) {
                return Optional.of(target.options().choice());
            }
        }
        return Optional.empty();
    }

    private Optional<Member> member(Target wanted) {
        for (int i = 0; i < route.targets().size(); i++) {
            Target target = route.targets().get(i);
            if (target.service().equals(wanted.service()) && target.url().text().equals(wanted.url().text())
                    && target.tags().equals(wanted.tags())) {
                return Optional.of(pool.members().get(i));
            }
        }
        return Optional.empty();
    }

    private static Policy policy(Route route, FabioConfig.Choosing config) {
        Policy policy = config.policy();
        int perTarget = wish(route, choice -> choice.maxRequestsPerTarget() > 0).map(TargetOptions.Choice::maxRequestsPerTarget)
                .orElse(policy.maxRequestsPerTarget());
        int all = wish(route, choice -> choice.maxRequests() > 0).map(TargetOptions.Choice::maxRequests).orElse(policy.maxRequests());
        return policy
                .withSlowStart(wish(route, choice -> !choice.slowStart().isZero()).map(TargetOptions.Choice::slowStart).orElse(policy.slowStart()))
                .withLimits(perTarget, all);
    }

    private static Transport transport(Target target) {
        boolean isNamed = target.url().isTls() && !target.options().host().isEmpty() && !target.options().host().equals("dst");
        return Transport.tls(isNamed ? target.options().host() : "", target.options().tlsSkipVerify());
    }
}
