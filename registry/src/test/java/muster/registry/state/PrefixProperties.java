package muster.registry.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import muster.registry.state.PreparedQueries.Resolved;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The template that answers a name, against a plain search. */
class PrefixProperties {
    @Provide
    Arbitrary<Set<String>> prefixes() {
        return Arbitraries.strings().withChars("abA").ofMaxLength(4).set().ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("abA").ofMaxLength(6);
    }

    @Property(tries = 500)
    void theLongestPrefixOfANameAnswersIt(@ForAll("prefixes") Set<String> prefixes, @ForAll("names") String name) {
        List<String> stored = new ArrayList<>();
        State state = State.EMPTY;
        long index = 1;
        for (String prefix : prefixes) {
            State.Outcome outcome = state.apply(index++, new Command.SetQuery(Samples.template("t" + prefix, prefix, "${name.full}")));
            state = outcome.state();
            if (outcome.result() instanceof Result.Done) {
                stored.add(prefix);
            }
        }
        String folded = name.toLowerCase(Locale.ROOT);
        Optional<String> expected = stored.stream()
                .filter(prefix -> folded.startsWith(prefix.toLowerCase(Locale.ROOT)))
                .max(Comparator.comparingInt(String::length));
        Optional<String> found = switch (state.queries().resolve(name)) {
            case Resolved.Found(var query) -> Optional.of(query.name());
            case Resolved.Missing missing -> Optional.empty();
            case Resolved.Failed failed -> Optional.of(failed.message());
        };
        assertThat(found).isEqualTo(expected);
    }
}
