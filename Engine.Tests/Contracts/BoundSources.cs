using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>The sources of a project, bound by the compiler: which file's code names what another folder declares.</summary>
internal sealed class BoundSources
{
    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp14, DocumentationMode.Parse);

    /// <summary>All that the tests run on: what each project refers to is among it, but for what only the samples use.</summary>
    private static readonly Lazy<Dictionary<string, MetadataReference>> s_libraries = new(static () =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .DistinctBy(static path => Path.GetFileNameWithoutExtension(path))
            .ToDictionary(static path => Path.GetFileNameWithoutExtension(path), static path => (MetadataReference)MetadataReference.CreateFromFile(path)));

    /// <summary>What is said of methods that a generator completes: that they have no body, and do not set what they are to set.</summary>
    private static readonly HashSet<string> s_ofGenerated = ["CS8795", "CS0165", "CS0170", "CS0177"];

    private readonly CSharpCompilation _compilation;

    /// <param name="assembly">The name under which the project is compiled, which decides what it may see of others.</param>
    /// <param name="sources">Paths from the project's folder, and what stands in the files.</param>
    public BoundSources(string assembly, IEnumerable<(string Path, string Text)> sources)
    {
        IEnumerable<SyntaxTree> trees = sources.Select(static source => CSharpSyntaxTree.ParseText(source.Text, s_language, source.Path));
        _compilation = CSharpCompilation.Create(
            assembly,
            trees.Append(CSharpSyntaxTree.ParseText(Snippet.ImplicitUsings, s_language)),
            s_libraries.Value.Where(library => library.Key != assembly).Select(static library => library.Value),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>What a file's code says of something that another folder declares.</summary>
    /// <param name="From">The file that names it.</param>
    /// <param name="Line">Where in the file, from 1.</param>
    /// <param name="To">The file that declares it.</param>
    /// <param name="Name">Its name, with that of its type.</param>
    /// <param name="Accessibility">Who may name it: the narrowest of its own and its types' accessibility.</param>
    public sealed record Reference(string From, int Line, string To, string Name, Accessibility Accessibility);

    /// <summary>What keeps the compiler from binding a name.</summary>
    public IEnumerable<Diagnostic> Errors => _compilation.GetDiagnostics()
        .Where(static found => found.Severity == DiagnosticSeverity.Error && !s_ofGenerated.Contains(found.Id));

    /// <summary>The files of the project.</summary>
    public IEnumerable<string> Files => _compilation.SyntaxTrees.Select(static tree => tree.FilePath).Where(static path => path.Length > 0);

    /// <summary>Each name in each file that another file declares.</summary>
    public IEnumerable<Reference> References() => _compilation.SyntaxTrees.Where(static tree => tree.FilePath.Length > 0).SelectMany(ReferencesOf);

    /// <summary>The types that are declared in the sources, with the files of their parts.</summary>
    public IEnumerable<(INamedTypeSymbol Type, string[] Files)> Types()
        => from tree in _compilation.SyntaxTrees
           from declaration in tree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>()
           where declaration is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
           let type = (INamedTypeSymbol?)_compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration)
           where type is { IsExtension: false }
           group type by type.ToDisplayString() into parts
           select (parts.First(), parts.SelectMany(FilesOf).Distinct().ToArray());

    private IEnumerable<Reference> ReferencesOf(SyntaxTree tree)
    {
        SemanticModel model = _compilation.GetSemanticModel(tree);
        foreach (SyntaxNode node in tree.GetRoot().DescendantNodes())
        {
            foreach (ISymbol symbol in SymbolsOf(model, node).Select(Declared).OfType<ISymbol>())
            {
                string[] files = [.. FilesOf(symbol)];
                if (files.Length > 0 && !files.Contains(tree.FilePath))
                {
                    int line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
                    string name = symbol.ContainingType is { IsExtension: false } type ? $"{type.Name}.{symbol.Name}" : symbol.Name;
                    yield return new Reference(tree.FilePath, line, files[0], name, AccessibilityOf(symbol));
                }
            }
        }
    }

    /// <summary>What a node names, and what the compiler calls for it without a name: constructors, operators, conversions, enumerators.</summary>
    private static IEnumerable<ISymbol?> SymbolsOf(SemanticModel model, SyntaxNode node)
    {
        if (node is SimpleNameSyntax or BaseObjectCreationExpressionSyntax or ElementAccessExpressionSyntax or ElementBindingExpressionSyntax
            or ConstructorInitializerSyntax or BinaryExpressionSyntax or AssignmentExpressionSyntax or PrefixUnaryExpressionSyntax
            or PostfixUnaryExpressionSyntax)
        {
            SymbolInfo bound = model.GetSymbolInfo(node);
            yield return bound.Symbol ?? bound.CandidateSymbols.FirstOrDefault();
        }

        if (node is CommonForEachStatementSyntax loop)
        {
            ForEachStatementInfo called = model.GetForEachStatementInfo(loop);
            yield return called.GetEnumeratorMethod;
            yield return called.MoveNextMethod;
            yield return called.CurrentProperty;
        }

        if (node is AssignmentExpressionSyntax assignment)
        {
            yield return model.GetDeconstructionInfo(assignment).Method;
        }

        if (node is CastExpressionSyntax cast)
        {
            yield return model.GetSymbolInfo(cast).Symbol;
        }

        if (node is ExpressionSyntax expression)
        {
            yield return model.GetConversion(expression).MethodSymbol;
        }
    }

    /// <summary>What the sources say of it: not its form for these type arguments, or for a receiver.</summary>
    private static ISymbol? Declared(ISymbol? symbol) => symbol switch
    {
        INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol or IRangeVariableSymbol => null,
        IMethodSymbol { ReducedFrom: { } reduced } => reduced.OriginalDefinition,
        _ => symbol?.OriginalDefinition,
    };

    /// <summary>The narrowest of a member's and its types'; an extension block has none of its own.</summary>
    private static Accessibility AccessibilityOf(ISymbol symbol)
    {
        INamedTypeSymbol? type = symbol.ContainingType is { IsExtension: true } block ? block.ContainingType : symbol.ContainingType;
        Accessibility around = type is null ? Accessibility.Public : AccessibilityOf(type);
        return around is Accessibility.Internal && symbol.DeclaredAccessibility is not Accessibility.Private
            ? Accessibility.Internal
            : (Accessibility)Math.Min((int)symbol.DeclaredAccessibility, (int)around);
    }

    private static IEnumerable<string> FilesOf(ISymbol symbol)
        => symbol.DeclaringSyntaxReferences.Select(static reference => reference.SyntaxTree.FilePath).Where(static path => path.Length > 0);
}
