package muster.registry.query;

import static org.assertj.core.api.Assertions.assertThat;

import muster.registry.state.Check;
import muster.registry.state.Samples;
import muster.registry.state.State;
import org.junit.jupiter.api.Test;

class HeldAnswersTest {
    private State state = Samples.after(Samples.register(Samples.service("n1", "web1", "web", 80)));
    private int history;
    private final HeldAnswers answers = new HeldAnswers(() -> state, () -> history);
    private final StateQuery<?> web = new Reads.Instances("web");

    @Test
    void an_answer_is_the_same_object_until_it_changes() {
        Answer<?> first = answers.answer(web);
        state = state.apply(10, Samples.put("elsewhere", "1")).state();
        state = state.apply(11, Samples.register(Samples.service("n2", "db1", "db", 81))).state();
        assertThat(answers.answer(new Reads.Instances("web"))).isSameAs(first);
        state = state.apply(12, Samples.register("n1", Samples.check("n1", "nc", Check.CRITICAL, ""))).state();
        assertThat(answers.answer(web)).isNotSameAs(first).isEqualTo(web.answer(state));
    }

    @Test
    void another_history_has_other_answers_though_indexes_are_the_same() {
        Answer<?> first = answers.answer(web);
        state = Samples.after(Samples.register(Samples.service("n1", "web1", "web", 99)));
        history++;
        assertThat(answers.answer(web)).isNotEqualTo(first).isEqualTo(web.answer(state));
    }

    @Test
    void what_is_cheap_is_not_held_and_the_rest_is_bounded() {
        assertThat(answers.holds(new Reads.Key("a"))).isFalse();
        assertThat(answers.holds(web)).isTrue();
        for (int i = 0; i < HeldAnswers.MOST + 100; i++) {
            answers.answer(new Reads.Instances("s" + i));
            answers.answer(new Reads.Key("k" + i));
        }
        assertThat(answers.size()).isEqualTo(HeldAnswers.MOST);
    }
}
