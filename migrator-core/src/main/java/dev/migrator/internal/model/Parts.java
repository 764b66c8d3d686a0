package dev.migrator.internal.model;

import dev.migrator.Identifier;
import dev.migrator.TableRef;
import dev.migrator.internal.check.InvalidKeysException;
import dev.migrator.operation.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes one operation out of texts and collects what is wrong with it instead of throwing. Not thread-safe. */
public final class Parts {

    private final String path;
    private final List<String> problems = new ArrayList<>();

    /**
     * Parts of one operation.
     *
     * @param path the operation's path
     */
    public Parts(String path) {
        this.path = path;
    }

    /**
     * A name.
     *
     * @param key its key in the operation
     * @param text the name, unquoted
     * @return the name, or a stand-in if there is a problem
     */
    public Identifier name(String key, String text) {
        try {
            return Identifier.of(text);
        } catch (IllegalArgumentException e) {
            problems.add(path + "." + key + ": " + e.getMessage());
            // Each stand-in is another name, lest a comparison of two of them be reported as a problem too.
            return Identifier.of("?" + problems.size());
        }
    }

    /**
     * Several names.
     *
     * @param key the list's key in the operation
     * @param texts the names, unquoted
     * @return the names
     */
    public List<Identifier> names(String key, List<String> texts) {
        List<Identifier> names = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            names.add(name(key + "[" + i + "]", texts.get(i)));
        }
        return names;
    }

    /**
     * The operation's table, in the default schema.
     *
     * @param text the table, unquoted
     * @return the table
     */
    public TableRef table(String text) {
        return new TableRef(Optional.empty(), name("table", text));
    }

    /**
     * Makes the operation.
     *
     * @param maker makes it out of these parts
     * @return the operation; empty if there are problems
     */
    public Optional<Operation> make(Function<Parts, Operation> maker) {
        try {
            Operation operation = maker.apply(this);
            return problems.isEmpty() ? Optional.of(operation) : Optional.empty();
        } catch (InvalidKeysException e) {
            e.problems().forEach(problem -> add(problem.key(), problem.message()));
        } catch (IllegalArgumentException e) {
            add("", e.getMessage());
        }
        return Optional.empty();
    }

    private void add(String key, @Nullable String message) {
        problems.add(path + (key.isEmpty() ? "" : "." + key) + ": " + message);
    }

    /**
     * What was wrong.
     *
     * @return the problems, each with its path
     */
    public List<String> problems() {
        return List.copyOf(problems);
    }
}
