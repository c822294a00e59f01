using System.Reflection;
using System.Reflection.Emit;

using Engine.Mbufs.Tests.Contracts;

namespace Engine.Mbufs.Tests.Faults;

/// <summary>
/// The public operations of the engine that can come to take something from the arena, found by following every call in the
/// compiled code. Nobody has to remember to list them.
/// </summary>
internal static class AllocatingOperations
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<ushort, OpCode> s_opCodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => unchecked((ushort)code.Value));

    private static readonly Assembly s_engine = typeof(MbufArena).Assembly;

    /// <summary>By the name that <see cref="Name"/> gives.</summary>
    public static IReadOnlyDictionary<string, MethodBase> All { get; } = Find();

    /// <summary>Type, method and the plain names of the parameters' types: MbufChain.TryAppend(ReadOnlySpan).</summary>
    public static string Name(MethodBase method) => $"{ExtensionMembers.TypeOf(method).Name}.{method.Name}"
        + $"({string.Join(", ", ExtensionMembers.ParametersOf(method).Select(static parameter => PlainName(parameter.ParameterType)))})";

    private static string PlainName(Type type)
    {
        string name = (type.IsByRef ? type.GetElementType()! : type).Name;
        int generic = name.IndexOf('`', StringComparison.Ordinal);
        return generic < 0 ? name : name[..generic];
    }

    private static Dictionary<string, MethodBase> Find()
    {
        ILookup<int, MethodBase> callers = s_engine.GetTypes()
            .SelectMany(static type => type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            .SelectMany(static caller => Calls(caller).Select(callee => (callee, caller)))
            .ToLookup(static call => call.callee, static call => call.caller);
        int take = typeof(ThreadCache).GetMethod(nameof(ThreadCache.TryTake), Declared)!.MetadataToken;
        var reached = new HashSet<int> { take };
        var found = new Queue<int>(reached);
        var operations = new Dictionary<string, MethodBase>();
        while (found.TryDequeue(out int callee))
        {
            foreach (MethodBase caller in callers[callee].Where(caller => reached.Add(caller.MetadataToken)))
            {
                found.Enqueue(caller.MetadataToken);
                if (caller.IsPublic && caller.DeclaringType!.IsVisible)
                {
                    operations.Add(Name(caller), caller);
                }
            }
        }

        return operations;
    }

    /// <summary>The engine's methods that a method calls or takes the address of; for an interface's, all that implement it.</summary>
    private static IEnumerable<int> Calls(MethodBase caller)
    {
        byte[] code = caller.GetMethodBody()?.GetILAsByteArray() ?? [];
        int at = 0;
        while (at < code.Length)
        {
            ushort value = code[at++];
            value = value == 0xFE ? (ushort)(0xFE00 | code[at++]) : value;
            OpCode opCode = s_opCodes[value];
            if (opCode.OperandType is OperandType.InlineMethod)
            {
                foreach (int callee in Targets(caller, BitConverter.ToInt32(code, at)))
                {
                    yield return callee;
                }
            }

            at += opCode.OperandType == OperandType.InlineSwitch ? 4 + (4 * BitConverter.ToInt32(code, at)) : Size(opCode.OperandType);
        }
    }

    private static IEnumerable<int> Targets(MethodBase caller, int token)
    {
        MethodBase? callee = caller.Module.ResolveMethod(
            token, caller.DeclaringType!.IsGenericType ? caller.DeclaringType.GetGenericArguments() : null,
            caller.IsGenericMethod ? caller.GetGenericArguments() : null);
        if (callee?.DeclaringType?.Assembly != s_engine)
        {
            return [];
        }

        return callee.DeclaringType.IsInterface ? Implementations(callee) : [callee.MetadataToken];
    }

    private static IEnumerable<int> Implementations(MethodBase declared) => s_engine.GetTypes()
        .Where(type => !type.IsInterface && type.GetInterfaces().Contains(declared.DeclaringType))
        .Select(type => type.GetInterfaceMap(declared.DeclaringType!))
        .SelectMany(static map => map.InterfaceMethods.Zip(map.TargetMethods))
        .Where(pair => pair.First == declared)
        .Select(static pair => pair.Second.MetadataToken);

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };
}
