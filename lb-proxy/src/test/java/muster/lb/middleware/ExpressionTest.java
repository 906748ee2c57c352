package muster.lb.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
    private static final Map<String, Expression.Call<Double>> CALLS = Map.of(
            "Value", arguments -> {
                Expression.count("Value", arguments, 0);
                return subject -> subject;
            },
            "Sum", arguments -> subject -> subject + arguments.stream().mapToDouble(Double::doubleValue).sum());

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "Value() > 0.5 ; true", "Value() >= 1 && Value() < 2 ; true", "Value() == 2 || Value() != 1 ; false", "(Value() > 2 || Value() <= 1) && Sum(1, 2.5) == 4.5 ; true",
        "1 < Value() ; false", "Value()>2||Value()>0&&Value()>3 ; false"})
    void conditionsHoldOrNot(String text, boolean holds) {
        assertThat(Expression.parse(text, CALLS).holds(1.0)).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "Value() ; expected a comparison", "Value() > ; expected a number", "Nope() > 1 ; unsupported function: Nope", "(Value() > 1 ; expected \")\"",
        "Value(3) > 1 ; Value takes 0 numbers, not 1", "Value() > 1 Value() ; expected && or ||", "Sum(x) > 1 ; \"x\" is no number"})
    void mistakesAreNamed(String text, String why) {
        assertThatThrownBy(() -> Expression.parse(text, CALLS)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
    }

    @Test
    void nestingHasABound() {
        assertThatThrownBy(() -> Expression.parse("(".repeat(10_000), CALLS)).hasMessageContaining("nested");
    }

    @Property(tries = 500)
    void anyTextIsReadOrRefused(@ForAll @StringLength(max = 40) @CharRange(from = ' ', to = '~') String text) {
        try {
            Expression.parse(text, CALLS).holds(1.0);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Test
    void answersOfTheLastSecondsAreCounted() {
        AnswerCounts counts = new AnswerCounts();
        long second = 1_000_000_000L;
        for (int i = 0; i < 8; i++) {
            counts.add(i < 2 ? 502 : 200, (i + 1) * 10_000_000L, second * 100);
        }
        assertThat(counts.networkErrorRatio(second * 100)).isEqualTo(0.25);
        assertThat(counts.ratio(500, 600, 0, 600, second * 105)).isEqualTo(0.25);
        assertThat(counts.latencyMillis(50, second * 100)).isBetween(35.0, 50.0);
        assertThat(counts.ratio(500, 600, 0, 600, second * 111)).isZero();
        assertThat(List.of(counts.latencyMillis(50, second * 120))).containsExactly(0.0);
    }
}
