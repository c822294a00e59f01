using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>What users of the engine see of it: public and protected, as the compiler finds it in the assembly.</summary>
internal static class PublicSurface
{
    private static readonly Lazy<INamedTypeSymbol[]> s_types = new(static () =>
    {
        CSharpCompilation compilation = Snippet.Compile("", OutputKind.DynamicallyLinkedLibrary);
        MetadataReference engine = compilation.References.Single(static one => Path.GetFileName(one.Display) == "Engine.Mbufs.dll");
        var assembly = (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(engine)!;
        return [.. Inside(assembly.GlobalNamespace).Where(IsVisible)];
    });

    public static IReadOnlyList<INamedTypeSymbol> Types => s_types.Value;

    public static IEnumerable<ISymbol> Members => Types
        .SelectMany(static type => type.GetMembers())
        .Where(static member => member is not INamedTypeSymbol && IsVisible(member));

    public static bool IsException(ITypeSymbol type)
        => type.BaseType is { } parent && (parent.Name == nameof(Exception) || IsException(parent));

    /// <summary>Needs no words: what the compiler makes for records, accessors, constructors without parameters.</summary>
    public static bool IsGenerated(ISymbol symbol) => symbol.IsImplicitlyDeclared
        || HasMark(symbol)
        || symbol is IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet }
        || symbol is IMethodSymbol { MethodKind: MethodKind.Constructor, Parameters.IsEmpty: true };

    /// <summary>A parameter of a record, seen as a property.</summary>
    public static bool IsPositional(ISymbol symbol)
        => symbol is IPropertySymbol { ContainingType.IsRecord: true, GetMethod: { } getter } && HasMark(getter);

    /// <summary>Every type that a member's signature mentions, also inside of others.</summary>
    public static IEnumerable<ITypeSymbol> MentionedBy(ISymbol member) => member switch
    {
        IMethodSymbol method => method.Parameters.Select(static taken => taken.Type).Append(method.ReturnType).SelectMany(Parts),
        IPropertySymbol property => Parts(property.Type),
        IFieldSymbol field => Parts(field.Type),
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> Parts(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol named => named.TypeArguments.SelectMany(Parts).Prepend(named),
        IArrayTypeSymbol array => Parts(array.ElementType).Prepend(array),
        _ => [type],
    };

    private static IEnumerable<INamedTypeSymbol> Inside(INamespaceOrTypeSymbol container) => container.GetMembers()
        .OfType<INamespaceOrTypeSymbol>()
        .SelectMany(static member => member is INamedTypeSymbol type ? Inside(type).Prepend(type) : Inside(member));

    private static bool IsVisible(ISymbol symbol)
        => symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal
            && (symbol.ContainingType is null || IsVisible(symbol.ContainingType));

    private static bool HasMark(ISymbol symbol)
        => symbol.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "CompilerGeneratedAttribute");
}
