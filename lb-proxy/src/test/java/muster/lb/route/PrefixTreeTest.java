package muster.lb.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The tree beside a sorted map. */
class PrefixTreeTest {
    @Provide
    Arbitrary<List<Tuple.Tuple2<String, Optional<Integer>>>> changes() {
        Arbitrary<String> keys = Arbitraries.strings().withChars("ab").ofMaxLength(5);
        Arbitrary<Optional<Integer>> values = Arbitraries.integers().between(1, 9).optional(0.6);
        return net.jqwik.api.Combinators.combine(keys, values).as(Tuple::of).list().ofMaxSize(60);
    }

    /** After each change all keys are there with their values, in order, and so are those that a text begins with; the tree before is as it was. */
    @Property
    void itHoldsWhatASortedMapHolds(@ForAll("changes") List<Tuple.Tuple2<String, Optional<Integer>>> changes) {
        TreeMap<String, Integer> model = new TreeMap<>();
        PrefixTree<Integer> tree = PrefixTree.empty();
        for (Tuple.Tuple2<String, Optional<Integer>> change : changes) {
            Map<String, Integer> before = contents(tree);
            PrefixTree<Integer> next = tree.with(change.get1(), change.get2());
            assertThat(contents(tree)).isEqualTo(before);
            tree = next;
            change.get2().ifPresentOrElse(value -> model.put(change.get1(), value), () -> model.remove(change.get1()));
            assertThat(contents(tree)).isEqualTo(model);
            assertThat(tree.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(new ArrayList<>(contents(tree).keySet())).isEqualTo(new ArrayList<>(model.keySet()));
            String text = change.get1() + "ab";
            List<Integer> begun = model.entrySet().stream().filter(entry -> text.startsWith(entry.getKey())).map(Map.Entry::getValue).toList();
            List<Integer> along = new ArrayList<>();
            tree.along(text, along::add);
            assertThat(along).isEqualTo(begun);
            assertThat(tree.longest(text)).isEqualTo(begun.isEmpty() ? Optional.empty() : Optional.of(begun.getLast()));
            assertThat(tree.get(change.get1())).isEqualTo(change.get2());
            assertThat(tree.get(text)).isEqualTo(Optional.ofNullable(model.get(text)));
        }
    }

    private static Map<String, Integer> contents(PrefixTree<Integer> tree) {
        Map<String, Integer> all = new java.util.LinkedHashMap<>();
        tree.forEach(all::put);
        return all;
    }
}
