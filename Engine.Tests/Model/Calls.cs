using System.Reflection;
using System.Reflection.Emit;

namespace Engine.Mbufs.Tests.Model;

/// <summary>What a method calls, as its compiled code says.</summary>
internal static class Calls
{
    private const byte FirstOfTwo = 0xFE;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!)
        .ToDictionary(static code => code.Value);

    /// <summary>Every method that is called by a type's own methods, and by those that the compiler makes of its lambdas.</summary>
    public static IEnumerable<MethodBase> Of(Type type)
    {
        const BindingFlags Everything =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<MethodBase> own = type.GetMembers(Everything).OfType<MethodBase>().SelectMany(Of);
        return own.Concat(type.GetNestedTypes(Everything).SelectMany(Of));
    }

    private static IEnumerable<MethodBase> Of(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < code.Length;)
        {
            OpCode operation = code[at] == FirstOfTwo
                ? s_codes[(short)((FirstOfTwo << 8) | code[at + 1])]
                : s_codes[code[at]];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
            {
                yield return method.Module.ResolveMethod(
                    BitConverter.ToInt32(code, at),
                    method.DeclaringType!.GetGenericArguments(),
                    method.IsGenericMethod ? method.GetGenericArguments() : [])!;
            }

            at += SizeOf(operation.OperandType, code, at);
        }
    }

    private static int SizeOf(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };
}
