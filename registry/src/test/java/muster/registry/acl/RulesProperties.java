package muster.registry.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Decisions by the trees of rules are those of somebody who looks at each rule of each policy in turn. */
class RulesProperties {
    private record Rule(Resource resource, boolean prefix, String name, Level level) {}

    private static final List<Resource> NAMED = List.of(Resource.KEY, Resource.NODE, Resource.SERVICE, Resource.SESSION);

    @Property(tries = 300)
    void decisionsAreThoseOfAPlainEvaluator(@ForAll long seed) {
        Random random = new Random(seed);
        List<Rule> all = new ArrayList<>();
        List<Rules> policies = new ArrayList<>();
        for (int policy = random.nextInt(4); policy >= 0; policy--) {
            Rules.Builder builder = new Rules.Builder();
            for (int i = random.nextInt(8); i > 0; i--) {
                Rule rule = new Rule(NAMED.get(random.nextInt(NAMED.size())), random.nextBoolean(), name(random),
                        Level.values()[random.nextInt(4)]);
                all.add(rule);
                if (rule.prefix()) {
                    builder.prefix(rule.resource(), rule.name(), rule.level());
                } else {
                    builder.exact(rule.resource(), rule.name(), rule.level());
                }
            }
            policies.add(builder.done());
        }
        boolean byDefault = random.nextBoolean();
        Authorizer merged = new RuleAuthorizer(Rules.merged(policies), byDefault ? Authorizer.ALLOW : Authorizer.DENY);
        for (int i = 0; i < 60; i++) {
            Resource resource = NAMED.get(random.nextInt(NAMED.size()));
            Access access = Access.values()[random.nextInt(3)];
            String name = name(random);
            assertThat(merged.allows(Permission.of(access, resource, name)))
                    .as("%s:%s on %s by %s", resource, access, name, all)
                    .isEqualTo(plain(all, resource, name).map(level -> level.grants(access)).orElse(byDefault));
        }
        String under = name(random);
        assertThat(merged.allows(Permission.writeUnder(under))).as("all under %s by %s", under, all)
                .isEqualTo(plainUnder(all, under, byDefault));
    }

    private static String name(Random random) {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            name.append("ab/".charAt(random.nextInt(3)));
        }
        return name.toString();
    }

    private static Optional<Level> plain(List<Rule> all, Resource resource, String name) {
        Optional<Level> own = strongest(all, resource, false, name);
        return own.isPresent() ? own : plainPrefix(all, resource, name);
    }

    private static Optional<Level> plainPrefix(List<Rule> all, Resource resource, String name) {
        return all.stream().filter(rule -> rule.resource() == resource && rule.prefix() && name.startsWith(rule.name()))
                .max(Comparator.comparingInt(rule -> rule.name().length()))
                .flatMap(longest -> strongest(all, resource, true, longest.name()));
    }

    private static Optional<Level> strongest(List<Rule> all, Resource resource, boolean prefix, String name) {
        List<Level> levels = all.stream().filter(rule -> rule.resource() == resource && rule.prefix() == prefix && rule.name().equals(name))
                .map(Rule::level).toList();
        return levels.contains(Level.DENY) ? Optional.of(Level.DENY) : levels.stream().max(Comparator.naturalOrder());
    }

    private static boolean plainUnder(List<Rule> all, String under, boolean byDefault) {
        boolean refused = all.stream().filter(rule -> rule.resource() == Resource.KEY && rule.name().startsWith(under))
                .anyMatch(rule -> strongest(all, Resource.KEY, rule.prefix(), rule.name()).orElseThrow() != Level.WRITE);
        return !refused && plainPrefix(all, Resource.KEY, under).map(level -> level == Level.WRITE).orElse(byDefault);
    }
}
