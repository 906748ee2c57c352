package muster.template.language;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import muster.template.language.Token.Kind;
import muster.wire.GoQuote;

/** Pipelines: declarations, commands, operands, and the variables in scope. Owned by one parser. */
final class PipelineParser {
    private final Tokens tokens;
    private final Nesting nesting;
    private final Predicate<String> isFunction;
    private List<String> variables = new ArrayList<>(List.of("$"));

    PipelineParser(Tokens tokens, Nesting nesting, Predicate<String> isFunction) {
        this.tokens = tokens;
        this.nesting = nesting;
        this.isFunction = isFunction;
    }

    /** What is in scope, to {@link #leave} to it. */
    int enter() {
        return variables.size();
    }

    /** Forgets the variables declared since. */
    void leave(int mark) {
        variables.subList(mark, variables.size()).clear();
    }

    /** Starts a scope that sees nothing from outside; returns what was in scope for {@link #resume}. */
    List<String> suspend() {
        List<String> outer = variables;
        variables = new ArrayList<>(List.of("$"));
        return outer;
    }

    void resume(List<String> outer) {
        variables = outer;
    }

    /** Up to and with the token of this kind. @param context for messages */
    Node.Pipeline pipeline(String context, Kind end) {
        int position = tokens.peekNonSpace().position();
        List<String> declared = new ArrayList<>();
        boolean assigns = declarations(context, declared);
        List<Node.Command> commands = new ArrayList<>();
        while (true) {
            Token token = tokens.nextNonSpace();
            if (token.kind() == end) {
                checkPipeline(commands, context);
                return new Node.Pipeline(position, List.copyOf(declared), assigns, List.copyOf(commands));
            }
            switch (token.kind()) {
                case BOOL, CHARACTER_CONSTANT, COMPLEX, DOT, FIELD, IDENTIFIER, NUMBER, NIL, RAW_STRING, STRING, VARIABLE,
                        LEFT_PAREN -> {
                    tokens.back();
                    commands.add(command());
                }
                default -> throw tokens.unexpected(token, context);
            }
        }
    }

    /** {@code $x :=}, {@code $x =}, and in a range {@code $i, $x :=}. Returns whether it assigns to existing variables. */
    private boolean declarations(String context, List<String> declared) {
        while (tokens.peekNonSpace().kind() == Kind.VARIABLE) {
            int before = tokens.mark();
            Token variable = tokens.next();
            Token after = tokens.peekNonSpace();
            if (after.kind() == Kind.ASSIGN || after.kind() == Kind.DECLARE) {
                tokens.next();
                declared.add(variable.text());
                variables.add(variable.text());
                return after.kind() == Kind.ASSIGN;
            }
            if (after.kind() != Kind.CHARACTER || !after.text().equals(",")) {
                tokens.rewind(before);
                return false;
            }
            tokens.next();
            declared.add(variable.text());
            variables.add(variable.text());
            if (!context.equals("range") || declared.size() > 1) {
                throw tokens.error("too many declarations in " + context);
            }
            Kind following = tokens.peekNonSpace().kind();
            if (following != Kind.VARIABLE && following != Kind.RIGHT_DELIMITER && following != Kind.RIGHT_PAREN) {
                throw tokens.error("range can only initialize variables");
            }
        }
        return false;
    }

    private void checkPipeline(List<Node.Command> commands, String context) {
        if (commands.isEmpty()) {
            throw tokens.error("missing value for " + context);
        }
        for (int i = 1; i < commands.size(); i++) {
            if (commands.get(i).operands().getFirst() instanceof Node.Literal) {
                throw tokens.error("non executable command in pipeline stage " + (i + 1));
            }
        }
    }

    private Node.Command command() {
        int position = tokens.peekNonSpace().position();
        List<Node.Operand> operands = new ArrayList<>();
        while (true) {
            tokens.peekNonSpace();
            Node.Operand operand = operand();
            if (operand != null) {
                operands.add(operand);
            }
            Token token = tokens.next();
            if (token.kind() == Kind.SPACE) {
                continue;
            }
            if (token.kind() == Kind.RIGHT_DELIMITER || token.kind() == Kind.RIGHT_PAREN) {
                tokens.back();
            } else if (token.kind() != Kind.PIPE) {
                throw tokens.unexpected(token, "operand");
            }
            if (operands.isEmpty()) {
                throw tokens.error("empty command");
            }
            return new Node.Command(position, List.copyOf(operands));
        }
    }

    /** A term and the fields taken from it; null where no term starts. */
    private Node.Operand operand() {
        Node.Operand term = term();
        if (term == null || tokens.peek().kind() != Kind.FIELD) {
            return term;
        }
        int position = tokens.peek().position();
        List<String> fields = new ArrayList<>();
        while (tokens.peek().kind() == Kind.FIELD) {
            fields.add(tokens.next().text().substring(1));
        }
        return switch (term) {
            case Node.Field field -> {
                List<String> names = new ArrayList<>(field.names());
                names.addAll(fields);
                yield new Node.Field(position, List.copyOf(names));
            }
            case Node.Variable variable -> new Node.Variable(position, variable.name(), List.copyOf(fields));
            case Node.Literal literal -> throw tokens.error("unexpected . after term " + GoQuote.quote(literal.toString()));
            case Node.Chain chain -> throw new IllegalStateException("a term is never a chain: " + chain);
            case Node.Identifier identifier -> new Node.Chain(position, identifier, List.copyOf(fields));
            case Node.Pipeline pipeline -> new Node.Chain(position, pipeline, List.copyOf(fields));
        };
    }

    private Node.Operand term() {
        Token token = tokens.nextNonSpace();
        int position = token.position();
        switch (token.kind()) {
            case IDENTIFIER -> {
                if (!isFunction.test(token.text())) {
                    throw tokens.error("function " + GoQuote.quote(token.text()) + " not defined");
                }
                return new Node.Identifier(position, token.text());
            }
            case DOT -> {
                return new Node.Dot(position);
            }
            case NIL -> {
                return new Node.Nil(position);
            }
            case VARIABLE -> {
                if (!variables.contains(token.text())) {
                    throw tokens.error("undefined variable " + GoQuote.quote(token.text()));
                }
                return new Node.Variable(position, token.text(), List.of());
            }
            case FIELD -> {
                return new Node.Field(position, List.of(token.text().substring(1)));
            }
            case BOOL -> {
                return new Node.Bool(position, token.text().equals("true"));
            }
            case CHARACTER_CONSTANT, COMPLEX, NUMBER -> {
                return new Node.Number(position, number(token));
            }
            case LEFT_PAREN -> {
                nesting.enter("max expression depth exceeded");
                Node.Pipeline inner = pipeline("parenthesized pipeline", Kind.RIGHT_PAREN);
                nesting.leave();
                return inner;
            }
            case STRING, RAW_STRING -> {
                return new Node.StringLiteral(position, token.text(), tokens.unquote(token));
            }
            default -> {
                tokens.back();
                return null;
            }
        }
    }

    private NumberLiteral number(Token token) {
        try {
            return NumberLiteral.of(token);
        } catch (IllegalArgumentException | Quoting.SyntaxException | Quoting.MalformedCharacterException e) {
            throw tokens.error(e.getMessage());
        }
    }
}
