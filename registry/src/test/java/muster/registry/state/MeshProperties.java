package muster.registry.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.registry.mesh.Intention;
import muster.registry.prepared.PreparedQuery;
import muster.registry.state.PreparedQueries.Resolved;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Intentions and prepared queries against plain lists, over random changes. */
class MeshProperties {
    private static final List<String> NAMES = List.of("web", "Web", "db", "api", "*");
    private static final List<String> ASKED = List.of("web", "WEB", "db", "api", "other");

    /** Sets an intention between two names, or removes that with the id. */
    record Speak(String id, String source, String destination, String action, boolean removed) {}

    @Provide
    Arbitrary<List<Speak>> speaking() {
        Arbitrary<String> names = Arbitraries.of(NAMES);
        return Combinators.combine(Arbitraries.of("1", "2", "3", "4", "5", "6"), names, names, Arbitraries.of("allow", "deny"),
                Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(4, Arbitraries.just(false)), net.jqwik.api.Tuple.of(1, Arbitraries.just(true))))
                .as(Speak::new).list().ofMaxSize(25);
    }

    @Property(tries = 400)
    void theIntentionThatSaysMostDecides(@ForAll("speaking") List<Speak> steps) {
        State state = State.EMPTY;
        Map<String, Speak> model = new TreeMap<>();
        for (Speak step : steps) {
            boolean taken = model.values().stream().anyMatch(other -> !other.id().equals(step.id())
                    && other.source().equalsIgnoreCase(step.source()) && other.destination().equalsIgnoreCase(step.destination()));
            Command command = step.removed() ? new Command.DeleteIntention(step.id())
                    : new Command.SetIntention(Samples.intention(step.id(), step.source(), step.destination(), step.action()));
            State.Outcome outcome = state.apply(state.index() + 1, command);
            assertThat(outcome.result() instanceof Result.Refused).as(step.toString()).isEqualTo(!step.removed() && taken);
            state = outcome.state();
            if (step.removed()) {
                model.remove(step.id());
            } else if (!taken) {
                model.put(step.id(), step);
            }
        }
        for (String source : ASKED) {
            for (String destination : ASKED) {
                Optional<String> expected = model.values().stream()
                        .filter(speak -> speaksOf(speak.source(), source) && speaksOf(speak.destination(), destination))
                        .max(Comparator.comparingInt(MeshProperties::weight)).map(Speak::action);
                assertThat(state.mesh().deciding(source, destination).map(Intention::action)).isEqualTo(expected);
            }
        }
        assertThat(state.mesh().intentions()).hasSize(model.size());
    }

    private static boolean speaksOf(String pattern, String name) {
        return pattern.equals("*") || pattern.equalsIgnoreCase(name);
    }

    /** A named destination says more than a named source. */
    private static int weight(Speak speak) {
        return (speak.destination().equals("*") ? 0 : 2) + (speak.source().equals("*") ? 0 : 1);
    }

    /** Sets a query or template under an id, or removes it. */
    record Ask(String id, String name, boolean template, boolean removed) {}

    @Provide
    Arbitrary<List<Ask>> asking() {
        return Combinators.combine(Arbitraries.of("1", "2", "3", "4", "5"), Arbitraries.of("", "a", "A", "ab", "abc", "b"),
                Arbitraries.of(true, false), Arbitraries.of(false, false, false, true)).as(Ask::new).list().ofMaxSize(20);
    }

    @Property(tries = 400)
    void aNameLeadsToItsQueryOrToTheTemplateOfTheLongestPrefix(@ForAll("asking") List<Ask> steps) {
        State state = State.EMPTY;
        Map<String, Ask> model = new TreeMap<>();
        for (Ask step : steps) {
            Command command = step.removed() ? new Command.DeleteQuery(step.id())
                    : new Command.SetQuery(step.template() ? Samples.template(step.id(), step.name(), "${name.full}")
                            : Samples.query(step.id(), step.name()));
            State.Outcome outcome = state.apply(state.index() + 1, command);
            state = outcome.state();
            if (step.removed()) {
                model.remove(step.id());
            } else if (!(outcome.result() instanceof Result.Refused)) {
                model.put(step.id(), step);
            }
        }
        List<String> unique = new ArrayList<>(model.values().stream().filter(ask -> ask.template() || !ask.name().isEmpty())
                .map(ask -> ask.name().toLowerCase(Locale.ROOT)).toList());
        assertThat(unique).doesNotHaveDuplicates();
        for (String name : List.of("a", "AB", "abcd", "b", "bc", "z")) {
            Optional<Ask> exact = model.values().stream().filter(ask -> !ask.template() && ask.name().equalsIgnoreCase(name)).findFirst();
            Optional<String> expected = exact.or(() -> model.values().stream()
                    .filter(ask -> ask.template() && name.toLowerCase(Locale.ROOT).startsWith(ask.name().toLowerCase(Locale.ROOT)))
                    .max(Comparator.comparingInt(ask -> ask.name().length()))).map(Ask::id);
            Optional<String> found = state.queries().resolve(name) instanceof Resolved.Found(PreparedQuery query)
                    ? Optional.of(query.id()) : Optional.empty();
            assertThat(found).as(name).isEqualTo(expected);
        }
    }
}
