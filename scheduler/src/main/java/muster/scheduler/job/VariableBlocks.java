package muster.scheduler.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.hcl.Attribute;
import muster.hcl.Block;
import muster.hcl.BodyContent;
import muster.hcl.BodyReader;
import muster.hcl.BodySchema;
import muster.hcl.Conversion;
import muster.hcl.ConversionException;
import muster.hcl.Diagnostics;
import muster.hcl.Evaluator;
import muster.hcl.Expression;
import muster.hcl.Function;
import muster.hcl.Hcl;
import muster.hcl.JsonValues;
import muster.hcl.ParsedFile;
import muster.hcl.Scope;
import muster.hcl.SourceRange;
import muster.hcl.Type;
import muster.hcl.TypeExpression;
import muster.hcl.Value;

/** The {@code variable} and {@code locals} blocks of a job file and the values they end up with. */
final class VariableBlocks {
    private static final BodySchema VARIABLE =
            BodySchema.of("type", "default", "description").withBlocks("validation");
    private static final BodySchema VALIDATION =
            BodySchema.of().withRequired("condition", "error_message");

    private record Rule(BodyContent content, SourceRange place) {}

    /** @param typed whether the block says of which type it is */
    private record Declared(String name, Type type, boolean typed, List<Rule> rules) {}

    private final Diagnostics diagnostics;
    private final Map<String, Function> functions;
    private final Map<String, Declared> declared = new LinkedHashMap<>();
    private final Map<String, Value> values = new LinkedHashMap<>();

    /** Where each value came from, in the original's words, which its messages use. */
    private final Map<String, String> sources = new LinkedHashMap<>();

    VariableBlocks(Diagnostics diagnostics, Map<String, Function> functions) {
        this.diagnostics = diagnostics;
        this.functions = functions;
    }

    void declare(Block block) {
        String name = block.labels().getFirst();
        if (declared.containsKey(name)) {
            diagnostics.error(
                    "Duplicate variable",
                    "Duplicate " + name + " variable definition found.",
                    block.headerRange());
            return;
        }
        BodyContent content = new BodyReader(diagnostics).read(block.body(), VARIABLE, Scope.empty());
        int before = diagnostics.size();
        Type type = content.attribute("type")
                .map(attribute -> TypeExpression.parse(attribute.expression(), diagnostics))
                .orElse(Type.ANY);
        boolean typed = !diagnostics.hasErrorsSince(before);
        List<Rule> rules = content.blocks("validation").stream()
                .map(BodyContent.ScopedBlock::block)
                .map(rule -> new Rule(
                        new BodyReader(diagnostics).read(rule.body(), VALIDATION, Scope.empty()), rule.headerRange()))
                .toList();
        declared.put(name, new Declared(name, type, content.attribute("type").isPresent(), rules));
        content.attribute("default").ifPresent(attribute -> assignDefault(name, type, attribute));
        if (!typed) {
            values.putIfAbsent(name, Value.unknown());
        }
    }

    private void assignDefault(String name, Type type, Attribute attribute) {
        Value value = new Evaluator(diagnostics).evaluate(attribute.expression(), Scope.root(Map.of(), functions));
        try {
            values.put(name, Conversion.convert(value, type));
            sources.put(name, "default");
        } catch (ConversionException e) {
            diagnostics.error(
                    "Invalid default value for variable",
                    "This default value is not compatible with the variable's type constraint: " + e.getMessage() + ".",
                    attribute.expression().range());
        }
    }

    /** Takes the values from outside, in the order of precedence. */
    void assign(JobVariables given) {
        given.environment().forEach((name, text) -> {
            if (declared.containsKey(name)) {
                sources.put(name, "env");
                assignText(declared.get(name), text, "NOMAD_VAR_" + name);
            }
        });
        given.files().forEach(file -> assignFile(file, given.undeclared()));
        for (String flag : given.flags()) {
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            Declared variable = declared.get(name);
            if (variable == null && given.undeclared() == JobVariables.Undeclared.PASSED_OVER) {
                continue;
            }
            if (variable == null) {
                diagnostics.add(muster.hcl.Diagnostic.error(
                        "Undefined -var variable",
                        "A \"" + name + "\" variable was passed in the command line but was not found in known variables."
                                + " To declare variable \"" + name + "\", place this block in your job file"));
            } else {
                sources.put(name, "cmd");
                assignText(variable, equals < 0 ? "" : flag.substring(equals + 1), "<value for var." + name + " from arguments>");
            }
        }
    }

    /** Text is taken as it is where no type is stated, for texts and for numbers; it is an expression for any other type. */
    private void assignText(Declared variable, String text, String source) {
        if (!variable.typed || variable.type == Type.Primitive.STRING || variable.type == Type.Primitive.NUMBER) {
            assign(variable, Value.string(text), SourceRange.nowhere());
            return;
        }
        int before = diagnostics.size();
        Expression expression = Hcl.parseExpression(source, text, diagnostics);
        if (diagnostics.hasErrorsSince(before)) {
            return;
        }
        assign(variable, new Evaluator(diagnostics).evaluate(expression, Scope.empty()), SourceRange.nowhere());
    }

    private void assignFile(JobVariables.VariableFile file, JobVariables.Undeclared undeclared) {
        if (file.text().stripLeading().startsWith("{")) {
            assignJson(file, undeclared);
            return;
        }
        ParsedFile parsed = Hcl.parse(file.name(), file.text());
        diagnostics.addAll(parsed.diagnostics());
        for (Attribute attribute : parsed.body().attributes().values()) {
            if (isDeclared(attribute.name(), undeclared, attribute.nameRange())) {
                Value value = new Evaluator(diagnostics).evaluate(attribute.expression(), Scope.empty());
                sources.put(attribute.name(), "varfile");
                assign(declared.get(attribute.name()), value, attribute.expression().range());
            }
        }
    }

    private void assignJson(JobVariables.VariableFile file, JobVariables.Undeclared undeclared) {
        Value values = JsonValues.parse(file.text()).orElse(Value.nothing());
        if (!(values instanceof Value.Mapping mapping)) {
            diagnostics.add(muster.hcl.Diagnostic.error("Invalid variable file", "\"" + file.name() + "\" begins as a JSON object but is none."));
            return;
        }
        mapping.entries().forEach((name, value) -> {
            if (isDeclared(name, undeclared, SourceRange.nowhere())) {
                sources.put(name, "varfile");
                assign(declared.get(name), value, SourceRange.nowhere());
            }
        });
    }

    private boolean isDeclared(String name, JobVariables.Undeclared undeclared, SourceRange place) {
        if (!declared.containsKey(name) && undeclared == JobVariables.Undeclared.REFUSED) {
            diagnostics.error("Undefined variable", "A \"" + name + "\" variable was set but was not found in known variables."
                    + " To declare variable \"" + name + "\", place this block in your job file", place);
        }
        return declared.containsKey(name);
    }

    private void assign(Declared variable, Value value, SourceRange place) {
        try {
            values.put(variable.name, Conversion.convert(value, variable.type));
        } catch (ConversionException e) {
            diagnostics.error(
                    "Invalid value for variable",
                    "The value for " + variable.name + " is not compatible with the variable's type constraint: "
                            + e.getMessage() + ".",
                    place);
        }
    }

    /** Every variable has to have a value that its rules allow. */
    Value check() {
        for (Declared variable : declared.values()) {
            if (!values.containsKey(variable.name)) {
                diagnostics.add(muster.hcl.Diagnostic.error(
                        "Unset variable \"" + variable.name + "\"",
                        "A used variable must be set or have a default value; see"
                                + " https://www.nomadproject.io/docs/job-specification/hcl2/variables for details."));
                values.put(variable.name, new Value.Unknown(variable.type));
            } else {
                variable.rules.forEach(rule -> check(variable, rule));
            }
        }
        return Value.object(values);
    }

    private void check(Declared variable, Rule rule) {
        Optional<Attribute> condition = rule.content.attribute("condition");
        Optional<Attribute> message = rule.content.attribute("error_message");
        if (condition.isEmpty() || message.isEmpty()) {
            return;
        }
        Value var = Value.object(Map.of(variable.name, values.get(variable.name)));
        Scope scope = Scope.root(Map.of("var", var), functions);
        Value holds = new Evaluator(diagnostics).evaluate(condition.get().expression(), scope);
        if (holds instanceof Value.Bool(boolean truth) && !truth) {
            Value text = new Evaluator(diagnostics).evaluate(message.get().expression(), scope);
            diagnostics.error(
                    "Invalid value for " + sources.get(variable.name) + " variable",
                    (text instanceof Value.Text(String sentence) ? sentence : "The value is not valid.")
                            + "\n\nThis was checked by the validation rule at " + rule.place + ".",
                    SourceRange.nowhere());
        }
    }

    /** Values of the {@code locals} blocks, which may use each other in any order. */
    Value locals(List<Block> blocks, Value variables) {
        Map<String, Attribute> open = new LinkedHashMap<>();
        for (Block block : blocks) {
            for (Attribute attribute : block.body().attributes().values()) {
                Attribute before = open.putIfAbsent(attribute.name(), attribute);
                if (before != null) {
                    diagnostics.error(
                            "Duplicate value in locals",
                            "Duplicate " + attribute.name() + " definition found.",
                            attribute.nameRange());
                }
            }
        }
        Map<String, Value> known = new LinkedHashMap<>();
        boolean progress = true;
        while (!open.isEmpty() && progress) {
            progress = false;
            for (Attribute attribute : new ArrayList<>(open.values())) {
                Diagnostics trial = new Diagnostics();
                Value value = new Evaluator(trial).evaluate(attribute.expression(), scope(variables, Value.object(known)));
                if (!trial.hasErrors()) {
                    known.put(attribute.name(), value);
                    open.remove(attribute.name());
                    progress = true;
                }
            }
        }
        for (Attribute attribute : open.values()) {
            new Evaluator(diagnostics).evaluate(attribute.expression(), scope(variables, Value.object(known)));
            known.put(attribute.name(), Value.unknown());
        }
        return Value.object(known);
    }

    /** What names mean in the job block; what nobody defines stays text, for run time. */
    Scope scope(Value variables, Value locals) {
        return Scope.root(Map.of("var", variables, "local", locals), functions).keepingUnknown();
    }
}
