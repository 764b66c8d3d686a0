package dev.migrator.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** The tests run on the class path, where an export that was forgotten would not be missed. */
@AnalyzeClasses(packages = "dev.migrator", importOptions = ShippedClasses.class)
class ExportsTest {

    @ArchTest
    static void coreExportsItsPublicPackages(JavaClasses classes) throws IOException {
        assertThat(exportsOf("dev.migrator.core")).isEqualTo(publicPackagesOf(BuildModule.CORE, classes));
    }

    @ArchTest
    static void pgExportsItsPublicPackages(JavaClasses classes) throws IOException {
        assertThat(exportsOf("dev.migrator.pg")).isEqualTo(publicPackagesOf(BuildModule.PG, classes));
    }

    private static Set<String> exportsOf(String moduleName) throws IOException {
        Set<String> exports = new TreeSet<>();
        for (URL url : Collections.list(ExportsTest.class.getClassLoader().getResources("module-info.class"))) {
            try (InputStream in = url.openStream()) {
                ModuleDescriptor module = ModuleDescriptor.read(in);
                if (module.name().equals(moduleName)) {
                    module.exports().stream()
                            .filter(export -> !export.isQualified())
                            .forEach(export -> exports.add(export.source()));
                }
            }
        }
        return exports;
    }

    private static Set<String> publicPackagesOf(BuildModule module, JavaClasses classes) {
        Set<String> packages = new TreeSet<>();
        for (JavaClass type : classes) {
            boolean meantForAll = type.getModifiers().contains(JavaModifier.PUBLIC) && !BuildModule.isInternal(type);
            if (meantForAll && BuildModule.of(type).filter(module::equals).isPresent()) {
                packages.add(type.getPackageName());
            }
        }
        return packages;
    }
}
