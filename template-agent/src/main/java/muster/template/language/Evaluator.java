package muster.template.language;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import muster.wire.GoQuote;

/**
 * One execution of a template. Statements run on a stack of frames of its own, so that the depth of template calls is
 * bounded by Go's limit and not by the thread's stack. Owned by the thread that executes.
 */
final class Evaluator {
    /** Go's limit of nested template calls. */
    private static final int MAX_CALL_DEPTH = 100_000;
    /** Of executeTemplate inside executeTemplate, which does use the thread's stack. */
    private static final int MAX_FUNCTION_DEPTH = 100;
    private static final long MAX_STATEMENTS = 100_000_000;
    private static final int MAX_OUTPUT = 1 << 28;

    private final Template template;
    private final Functions functions;
    private final MissingKey missingKey;
    private final int functionDepth;
    private final StringBuilder output = new StringBuilder();
    private final Deque<Frame> frames = new ArrayDeque<>();
    private final Expressions expressions;
    private String executing;
    private int calls;
    private long statements;

    Evaluator(Template template, Functions functions, MissingKey missingKey, int functionDepth) {
        this.template = template;
        this.functions = functions;
        this.missingKey = missingKey;
        this.functionDepth = functionDepth;
        this.executing = template.name();
        this.expressions = new Expressions(this);
    }

    String run(String name, Value data) {
        List<Node.Statement> body = template.definition(name);
        if (body == null) {
            throw new TemplateException(TemplateException.Phase.EXECUTION,
                    "template: no template " + GoQuote.quote(name) + " associated with template " + GoQuote.quote(template.name()));
        }
        executing = name;
        Slot dot = Slot.of(data.isNil() ? Value.NOTHING : data);
        expressions.variables = new Variables(dot);
        push(new Body(body, dot, 0));
        while (!frames.isEmpty()) {
            if (!frames.peek().step()) {
                frames.pop().leave();
            }
        }
        return output.toString();
    }

    /** For functions that print what another template of the set prints. */
    String executeNested(String name, Value data) {
        if (functionDepth >= MAX_FUNCTION_DEPTH) {
            throw new FunctionException("templates executing templates deeper than " + MAX_FUNCTION_DEPTH);
        }
        if (template.definition(name) == null) {
            throw new FunctionException("template: no template " + GoQuote.quote(name) + " associated with template "
                    + GoQuote.quote(template.name()));
        }
        return new Evaluator(template, functions, missingKey, functionDepth + 1).run(name, data);
    }

    /** Null where there is none. */
    Function function(String name) {
        Function given = functions.named(name);
        return given == null ? Builtins.TABLE.get(name) : given;
    }

    MissingKey missingKey() {
        return missingKey;
    }

    TemplateException error(Node at, String message) {
        return new TemplateException(TemplateException.Phase.EXECUTION, "template: " + template.location(at.position())
                + ": executing " + GoQuote.quote(executing) + " at <" + at + ">: " + message);
    }

    /** Something that is being executed. */
    private sealed interface Frame {
        /** Does the next piece of work; false when there is none left. */
        boolean step();

        /** Undoes what entering did to variables and names. */
        void leave();
    }

    private void push(Frame frame) {
        frames.push(frame);
    }

    /** A list of statements. */
    private final class Body implements Frame {
        private final List<Node.Statement> list;
        private final Slot dot;
        private final int mark;
        private int next;

        Body(List<Node.Statement> list, Slot dot, int mark) {
            this.list = list;
            this.dot = dot;
            this.mark = mark;
        }

        @Override
        public boolean step() {
            if (next == list.size()) {
                return false;
            }
            execute(list.get(next++), dot);
            return true;
        }

        @Override
        public void leave() {
            if (mark > 0) {
                expressions.variables.truncate(mark);
            }
        }
    }

    /** A range with elements left. */
    private final class Loop implements Frame {
        private final Node.Range range;
        private final Iterator<RangeItem> items;
        private final int mark;
        private final int bodyMark;

        Loop(Node.Range range, Iterator<RangeItem> items, int mark) {
            this.range = range;
            this.items = items;
            this.mark = mark;
            this.bodyMark = expressions.variables.size();
        }

        @Override
        public boolean step() {
            expressions.variables.truncate(bodyMark);
            if (!items.hasNext()) {
                return false;
            }
            RangeItem item = items.next();
            List<String> names = range.pipeline().variables();
            if (names.size() > 1) {
                set(names.getFirst(), 2, item.index());
            }
            if (!names.isEmpty()) {
                set(names.getLast(), 1, item.element());
            }
            push(new Body(range.body(), item.element(), bodyMark));
            return true;
        }

        private void set(String name, int fromTop, Slot value) {
            if (range.pipeline().assigns()) {
                expressions.assign(name, value);
            } else {
                expressions.variables.setTop(fromTop, value);
            }
        }

        @Override
        public void leave() {
            expressions.variables.truncate(mark);
        }
    }

    /** The else part of a range: a break in it ends that range, a continue concerns the one outside of it. */
    private final class Otherwise implements Frame {
        private final int mark;

        Otherwise(int mark) {
            this.mark = mark;
        }

        @Override
        public boolean step() {
            return false;
        }

        @Override
        public void leave() {
            expressions.variables.truncate(mark);
        }
    }

    /** Another template; restores the caller's variables. */
    private final class Call implements Frame {
        private final String caller = executing;
        private final Variables callers = expressions.variables;

        @Override
        public boolean step() {
            return false;
        }

        @Override
        public void leave() {
            executing = caller;
            expressions.variables = callers;
            calls--;
        }
    }

    private void execute(Node.Statement statement, Slot dot) {
        if (++statements > MAX_STATEMENTS) {
            throw error(statement, "executed more than " + MAX_STATEMENTS + " statements");
        }
        expressions.at(statement);
        int mark = expressions.variables.size();
        switch (statement) {
            case Node.Text text -> print(text.text());
            case Node.Action action -> {
                Slot value = expressions.pipeline(dot, action.pipeline());
                if (action.pipeline().variables().isEmpty()) {
                    expressions.at(action);
                    print(Printer.printed(value.value()));
                }
            }
            case Node.If branch -> {
                boolean holds = expressions.pipeline(dot, branch.pipeline()).value().isTrue();
                push(new Body(holds ? branch.then() : branch.otherwise(), dot, mark));
            }
            case Node.With branch -> {
                Slot value = expressions.pipeline(dot, branch.pipeline());
                boolean holds = value.value().isTrue();
                push(new Body(holds ? branch.then() : branch.otherwise(), holds ? value : dot, mark));
            }
            case Node.Range range -> range(range, dot, mark);
            case Node.Break ignored -> {
                while (!(frames.peek() instanceof Loop || frames.peek() instanceof Otherwise)) {
                    frames.pop().leave();
                }
                frames.pop().leave();
            }
            case Node.Continue ignored -> {
                while (!(frames.peek() instanceof Loop)) {
                    frames.pop().leave();
                }
            }
            case Node.Call call -> call(call, dot);
        }
    }

    private void print(String text) {
        if (output.length() + (long) text.length() > MAX_OUTPUT) {
            throw error(expressions.node(), "output larger than " + MAX_OUTPUT + " characters");
        }
        output.append(text);
    }

    private void call(Node.Call call, Slot dot) {
        List<Node.Statement> body = template.definition(call.name());
        if (body == null) {
            throw error(call, "template " + GoQuote.quote(call.name()) + " not defined");
        }
        if (calls == MAX_CALL_DEPTH) {
            throw error(call, "exceeded maximum template depth (" + MAX_CALL_DEPTH + ")");
        }
        Slot argument = call.pipeline() == null ? Slot.NOTHING : expressions.pipeline(dot, call.pipeline());
        push(new Call());
        calls++;
        executing = call.name();
        expressions.variables = new Variables(argument);
        push(new Body(body, argument, 0));
    }

    private void range(Node.Range range, Slot dot, int mark) {
        Value value = expressions.pipeline(dot, range.pipeline()).value();
        Iterator<RangeItem> items = RangeItem.of(value)
                .orElseThrow(() -> error(expressions.node(), "range can't iterate over " + Printer.print(value)));
        if (value instanceof Value.Int && range.pipeline().variables().size() > 1) {
            throw error(expressions.node(), "can't use " + Printer.print(value) + " to iterate over more than one variable");
        }
        if (items.hasNext()) {
            push(new Loop(range, items, mark));
        } else {
            push(new Otherwise(mark));
            push(new Body(range.otherwise(), dot, mark));
        }
    }
}
