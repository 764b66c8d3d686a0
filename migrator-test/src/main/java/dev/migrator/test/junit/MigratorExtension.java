package dev.migrator.test.junit;

import dev.migrator.Phase;
import dev.migrator.pg.PostgresMigrator;
import dev.migrator.test.MigrationDatabase;
import dev.migrator.test.TestDatabase;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives each test a database of its own with the tested migration at the phase that the test names; see {@link MigrationTest}
 * for what tests take as parameters.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final MigratorExtension MIGRATION = MigratorExtension.builder()
 *         .baseSchema(BaseSchema.flyway("classpath:db/migration"))
 *         .migration("0007_rename_user_name")
 *         .build();
 *
 * @Test
 * @AtPhase(Phase.VALIDATE)
 * void bothReleasesReadEveryRow(MigrationDatabase database) { … }
 * }</pre>
 *
 * <p>Tests may run in parallel. Nothing of a test stays behind, whatever it did in its database.
 */
public final class MigratorExtension implements ParameterResolver, TestTemplateInvocationContextProvider {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(MigratorExtension.class);
    private static final Set<Class<?>> PARAMETERS =
            Set.of(MigrationDatabase.class, TestDatabase.class, PostgresMigrator.class, DataSource.class, Phase.class);

    private final Optional<ExtensionSettings> settings;

    /** For {@link MigrationTest}, whose settings are those of the annotation. */
    public MigratorExtension() {
        this.settings = Optional.empty();
    }

    MigratorExtension(ExtensionSettings settings) {
        this.settings = Optional.of(settings);
    }

    /** Settings in code. */
    public static MigratorExtensionBuilder builder() {
        return new MigratorExtensionBuilder();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARAMETERS.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "A %s is that of one test: take it in the test's method, or in one with @BeforeEach or @AfterEach, not in %s."
                            .formatted(type.getSimpleName(), parameter.getDeclaringExecutable()));
        }
        if (type == Phase.class) {
            return phase(context)
                    .orElseThrow(() -> new ParameterResolutionException(
                            "This test is at no phase: give it @AtPhase(…), or @EachPhase instead of @Test."));
        }
        MigrationDatabase database = database(context);
        if (type == TestDatabase.class) {
            return database.database();
        } else if (type == PostgresMigrator.class) {
            return database.migrator();
        } else if (type == DataSource.class) {
            return database.database().dataSource();
        }
        return database;
    }

    private MigrationDatabase database(ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(OwnDatabase.class, absent -> open(context), OwnDatabase.class)
                .database();
    }

    private OwnDatabase open(ExtensionContext context) {
        ExtensionSettings chosen = settings.orElseGet(() -> ofAnnotation(context));
        return new OwnDatabase(
                chosen.suite()
                        .createDatabase(
                                chosen.server(PostgresVersions.chosen(context)), phase(context), chosen.databaseName()),
                chosen.keepOnFailure(),
                context);
    }

    private static ExtensionSettings ofAnnotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(
                        context.getRequiredTestClass(), MigrationTest.class, context.getEnclosingTestClasses())
                .map(ExtensionSettings::of)
                .orElseThrow(
                        () -> new ParameterResolutionException(
                                "Give the class @MigrationTest, or register an extension that MigratorExtension.builder() makes."));
    }

    /** The phase of {@link EachPhase} before that of {@link AtPhase} on the method before that on the class. */
    private static Optional<Phase> phase(ExtensionContext context) {
        @Nullable Phase one = context.getStore(NAMESPACE).get(Phase.class, Phase.class);
        return Optional.ofNullable(one)
                .or(() -> AnnotationSupport.findAnnotation(context.getTestMethod(), AtPhase.class)
                        .or(() -> AnnotationSupport.findAnnotation(
                                context.getRequiredTestClass(), AtPhase.class, context.getEnclosingTestClasses()))
                        .map(AtPhase::value));
    }

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), EachPhase.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        EachPhase each = context.getRequiredTestMethod().getAnnotation(EachPhase.class);
        return Arrays.stream(each.value()).map(OnePhase::new);
    }

    private record OnePhase(Phase phase) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return phase.name();
        }

        @Override
        public void prepareInvocation(ExtensionContext context) {
            context.getStore(NAMESPACE).put(Phase.class, phase);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of();
        }
    }
}
