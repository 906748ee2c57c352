package muster.template.language;

import java.util.List;
import java.util.stream.Collectors;
import muster.wire.GoQuote;

/** The syntax tree. {@code toString} gives the source form that error messages quote; positions are indexes into the source. */
sealed interface Node {
    int position();

    /** What stands between other text: a statement, or the end of a list of them. */
    sealed interface Part extends Node {}

    sealed interface Statement extends Part {}

    /** {@code {{end}}} or {@code {{else}}}. */
    record BodyEnd(int position, boolean isElse) implements Part {
        @Override
        public String toString() {
            return isElse ? "{{else}}" : "{{end}}";
        }
    }

    /** An operand of a command. */
    sealed interface Operand extends Node {}

    /** A literal, which can be evaluated without context but can't start a later stage of a pipeline. */
    sealed interface Literal extends Operand {}

    record Text(int position, String text) implements Statement {}

    record Action(int position, Pipeline pipeline) implements Statement {
        @Override
        public String toString() {
            return "{{" + pipeline + "}}";
        }
    }

    record If(int position, Pipeline pipeline, List<Statement> then, List<Statement> otherwise) implements Statement {}

    record With(int position, Pipeline pipeline, List<Statement> then, List<Statement> otherwise) implements Statement {}

    record Range(int position, Pipeline pipeline, List<Statement> body, List<Statement> otherwise) implements Statement {}

    record Break(int position) implements Statement {}

    record Continue(int position) implements Statement {}

    /** A call of a named template; the pipeline is null when there is none. */
    record Call(int position, String name, Pipeline pipeline) implements Statement {
        @Override
        public String toString() {
            return "{{template " + GoQuote.quote(name) + (pipeline == null ? "" : " " + pipeline) + "}}";
        }
    }

    /** Commands, each taking the former's result as its last argument; optionally setting variables. */
    record Pipeline(int position, List<String> variables, boolean assigns, List<Command> commands) implements Operand {
        @Override
        public String toString() {
            String declared = variables.isEmpty() ? "" : String.join(", ", variables) + (assigns ? " = " : " := ");
            return declared + commands.stream().map(Command::toString).collect(Collectors.joining(" | "));
        }
    }

    record Command(int position, List<Operand> operands) implements Node {
        @Override
        public String toString() {
            return operands.stream()
                    .map(operand -> operand instanceof Pipeline ? "(" + operand + ")" : operand.toString())
                    .collect(Collectors.joining(" "));
        }
    }

    /** A function's name. */
    record Identifier(int position, String name) implements Operand {
        @Override
        public String toString() {
            return name;
        }
    }

    record Field(int position, List<String> names) implements Operand {
        @Override
        public String toString() {
            return "." + String.join(".", names);
        }
    }

    /** A variable, its name with the dollar sign, and fields of it. */
    record Variable(int position, String name, List<String> fields) implements Operand {
        @Override
        public String toString() {
            return name + fields.stream().map(field -> "." + field).collect(Collectors.joining());
        }
    }

    /** Fields of a parenthesised pipeline or of a function's result. */
    record Chain(int position, Operand operand, List<String> fields) implements Operand {
        @Override
        public String toString() {
            String base = operand instanceof Pipeline ? "(" + operand + ")" : operand.toString();
            return base + fields.stream().map(field -> "." + field).collect(Collectors.joining());
        }
    }

    record Dot(int position) implements Literal {
        @Override
        public String toString() {
            return ".";
        }
    }

    record Nil(int position) implements Literal {
        @Override
        public String toString() {
            return "nil";
        }
    }

    record Bool(int position, boolean value) implements Literal {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    record Number(int position, NumberLiteral literal) implements Literal {
        @Override
        public String toString() {
            return literal.text();
        }
    }

    /** A string constant: as quoted in the source, and what it means. */
    record StringLiteral(int position, String quoted, String text) implements Literal {
        @Override
        public String toString() {
            return quoted;
        }
    }
}
