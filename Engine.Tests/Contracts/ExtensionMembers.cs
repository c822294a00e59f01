using System.Reflection;
using System.Runtime.CompilerServices;

namespace Engine.Mbufs.Tests.Contracts;

/// <summary>Members that a layer above adds to a type of the engine: to a user they are the type's own.</summary>
internal static class ExtensionMembers
{
    /// <summary>The public ones of a type, as the static methods that the compiler makes of them.</summary>
    public static IEnumerable<MethodInfo> Of(Type type) => typeof(MbufArena).Assembly.GetExportedTypes()
        .Where(static declaring => declaring is { IsAbstract: true, IsSealed: true, IsNested: false })
        .SelectMany(static declaring => declaring.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => IsExtension(method) && TypeOf(method) == type);

    /// <summary>The type that a user calls a method on: the receiver's, or the one that declares it.</summary>
    public static Type TypeOf(MethodBase method)
        => !IsExtension(method) ? method.DeclaringType! : method.GetParameters()[0].ParameterType is { IsByRef: true } reference ? reference.GetElementType()!
            : method.GetParameters()[0].ParameterType;

    /// <summary>The parameters that a user gives.</summary>
    public static IEnumerable<ParameterInfo> ParametersOf(MethodBase method) => method.GetParameters().Skip(IsExtension(method) ? 1 : 0);

    private static bool IsExtension(MethodBase method) => method.IsDefined(typeof(ExtensionAttribute), inherit: false);
}
