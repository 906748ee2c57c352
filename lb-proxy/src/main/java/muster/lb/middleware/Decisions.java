package muster.lb.middleware;

import java.util.Optional;
import java.util.function.UnaryOperator;
import muster.lb.exchange.BodyCoder;
import muster.lb.exchange.Decision;
import muster.lb.exchange.Decision.Answer;
import muster.lb.exchange.Decision.Forward;
import muster.lb.exchange.Decision.ResponseEdit;
import muster.lb.exchange.Failure;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.StatusText;

/** Changes to decisions that are already made. */
public final class Decisions {
    private Decisions() {}

    /** As Go's http.Error, without the newline at its end. */
    static Answer refusal(int status) {
        return Answer.text(status, StatusText.of(status));
    }

    /** A text with nothing but its type. */
    public static Answer plain(int status, String text) {
        Answer answer = Answer.text(status, text);
        answer.headers().remove("X-Content-Type-Options");
        return answer;
    }

    /** Changes what is forwarded, wherever in the decision it stands, also when it is still to come. */
    public static Decision map(Decision decision, UnaryOperator<Forward> forwarded, java.util.function.Function<Answer, Decision> answered) {
        return switch (decision) {
            case Answer answer -> answered.apply(answer);
            case Forward forward -> forwarded.apply(forward);
            case Decision.Later later -> new Decision.Later(later.decision().thenApply(made -> map(made, forwarded, answered)));
            case Decision.Collect collect ->
                new Decision.Collect(collect.limit(), body -> map(collect.then().apply(body), forwarded, answered));
            case Decision.Watched watched -> new Decision.Watched(map(watched.decision(), forwarded, answered), watched.ended());
        };
    }

    /** Edits the answer that will come of it, from a target or from the proxy itself, after those that stand further inside. */
    public static Decision edited(Decision decision, ResponseEdit edit) {
        return map(decision,
                forward -> new Forward(forward.attempt(), forward.retry(), joined(forward.edit(), edit), forward.body()),
                answer -> edited(answer, edit));
    }

    private static Decision edited(Answer answer, ResponseEdit edit) {
        HeaderList headers = answer.headers().copy();
        Optional<Decision> instead = edit.instead(answer.status(), headers);
        if (instead.isPresent()) {
            return instead.get();
        }
        edit.edit(answer.status(), headers);
        return new Answer(edit.status(answer.status()), headers, answer.body());
    }

    /** Both edits, the inner one first; what the inner one decides anew is still edited by the outer one. */
    private static ResponseEdit joined(ResponseEdit inner, ResponseEdit outer) {
        if (inner == ResponseEdit.NONE) {
            return outer;
        }
        return new ResponseEdit() {
            @Override
            public Optional<Decision> instead(int status, HeaderList headers) {
                Optional<Decision> first = inner.instead(status, headers);
                return first.isPresent() ? first.map(decision -> edited(decision, outer)) : outer.instead(inner.status(status), headers);
            }

            @Override
            public void edit(int status, HeaderList headers) {
                inner.edit(status, headers);
                outer.edit(inner.status(status), headers);
            }

            @Override
            public int status(int status) {
                return outer.status(inner.status(status));
            }

            @Override
            public Optional<Decision> failed(Failure failure) {
                Optional<Decision> first = inner.failed(failure);
                return first.isPresent() ? first.map(decision -> edited(decision, outer)) : outer.failed(failure);
            }

            @Override
            public Optional<BodyCoder> coder(int status, HeaderList headers) {
                Optional<BodyCoder> first = inner.coder(status, headers);
                Optional<BodyCoder> second = outer.coder(inner.status(status), headers);
                return first.isPresent() && second.isPresent()
                        ? Optional.of(new CoderChain(first.get(), second.get()))
                        : first.or(() -> second);
            }
        };
    }
}
